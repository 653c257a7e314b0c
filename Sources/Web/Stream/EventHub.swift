import Model
import Reports
import Store

/// Sees events as they are committed, for all streams together: one look at the database five times a second, as long as
/// anybody listens.
actor EventHub {
    /// A part of the history as it is sent.
    struct Part: Sendable {
        let bytes: [UInt8]
        /// The number of the last event in it, or the one it was asked for.
        let last: Int64
        let isFull: Bool
    }

    /// What shows whether something was committed.
    private struct Position: Equatable, Sendable {
        let version: Int64
        let newest: Int64
        let numbering: EventNumbering

        /// Where a stream begins: behind the event that its reader had last, else behind the newest one.
        func start(after lastEventID: String?) -> Int64 {
            guard let lastEventID, lastEventID.utf8.count <= 18,
                lastEventID.utf8.allSatisfy(\.isDigit), let seq = Int64(lastEventID),
                seq <= newest
            else { return newest }
            return seq
        }
    }

    private struct Listener {
        let wakes: AsyncStream<Void>.Continuation
        /// The event that its reader had last, as the reader names it.
        let lastEventID: String?
        /// The number of the event behind which it begins; nil while the database could not be read.
        var start: Int64?
    }

    private let archive: Archive
    /// How many streams there may be.
    let limit: Int
    private let streams = ConnectionCount()
    private var listeners: [Int: Listener] = [:]
    private var nextListener = 0
    private var position: Position?
    private var watch: Task<Void, Never>?
    /// Parts by where they begin, of the present position.
    private var parts: [Int64: Part] = [:]
    private var isStopped = false

    private static let interval = Duration.milliseconds(200)
    private static let partLength = 200
    private static let keptParts = 8

    /// - Parameter archive: its own: a page that takes long must not keep events back.
    init(archive: Archive, limit: Int = 100) {
        self.archive = archive
        self.limit = limit
    }

    /// - Returns: nil if there are as many streams as there may be.
    nonisolated func ticket() -> StreamTicket? {
        let ticket = StreamTicket(streams)
        return ticket.number <= limit ? ticket : nil
    }

    nonisolated var openStreams: Int { streams.current }

    /// The number of the event behind which a stream begins; nil if the database cannot be read now, as an old position
    /// would give its reader events that it has, or that it did not ask for.
    func start(after lastEventID: String?) async -> Int64? {
        await look()?.start(after: lastEventID)
    }

    /// The same of a stream that listens: known as soon as the database could be read.
    func start(of number: Int) -> Int64? { listeners[number]?.start }

    /// What came after the event with number `seq`.
    ///
    /// - Throws: `StoreError` if the database cannot be read now.
    func part(after seq: Int64) async throws -> Part {
        if let part = parts[seq] { return part }
        let known = position
        let part = try await archive.read { reader in
            var bytes: [UInt8] = []
            var json = JSONBytes(reservingCapacity: 1024)
            var count = 0
            let last = try reader.events(after: seq, limit: Self.partLength) { row in
                try json.event(row)
                bytes += Array("id: \(row.seq)\ndata: ".utf8)
                bytes += json.take()
                bytes += Array("\n\n".utf8)
                count += 1
            }
            return Part(bytes: bytes, last: last, isFull: count == Self.partLength)
        }
        if known == position {
            if parts.count >= Self.keptParts { parts.removeAll() }
            parts[seq] = part
        }
        return part
    }

    /// Where a stream goes on that has sent the event with number `seq`: the file may have been replaced by another one,
    /// with which it has only the beginning in common.
    func place(of seq: Int64, since numbering: EventNumbering?) -> (seq: Int64, numbering: EventNumbering?) {
        guard let position else { return (seq, numbering) }
        guard let numbering, numbering != position.numbering else { return (seq, position.numbering) }
        return (min(seq, position.newest, numbering.commonEnd(with: position.numbering)), position.numbering)
    }

    /// Wakes its reader whenever something was committed, and once its beginning is known.
    ///
    /// - Parameter start: nil: behind `lastEventID`, or what is the newest event when the database can be read again.
    func listen(from start: Int64?, after lastEventID: String?) -> (number: Int, wakes: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = nextListener
        nextListener += 1
        guard !isStopped else {
            continuation.finish()
            return (number, stream)
        }
        listeners[number] = Listener(wakes: continuation, lastEventID: lastEventID, start: start)
        // Something may have come since the stream's beginning was looked up.
        continuation.yield()
        if watch == nil { watch = Task { await keepLooking() } }
        return (number, stream)
    }

    func leave(_ number: Int) {
        listeners.removeValue(forKey: number)?.wakes.finish()
    }

    /// Wakes one reader, so that it sees to its connection.
    func nudge(_ number: Int) {
        listeners[number]?.wakes.yield()
    }

    /// Ends all streams.
    func stop() {
        isStopped = true
        watch?.cancel()
        for listener in listeners.values { listener.wakes.finish() }
        listeners = [:]
    }

    private func keepLooking() async {
        while !Task.isCancelled, !listeners.isEmpty {
            try? await Task.sleep(for: Self.interval)
            await look()
        }
        watch = nil
        // One may have come while the last look was under way.
        if !listeners.isEmpty, !isStopped { watch = Task { await keepLooking() } }
    }

    /// - Returns: nil if the database cannot be read now.
    @discardableResult
    private func look() async -> Position? {
        let new = try? await archive.read { reader -> Position in
            let version = try reader.dataVersion()
            try reader.renewNumbering()
            return Position(version: version, newest: try reader.newest(), numbering: reader.numbering)
        }
        guard let new else { return nil }
        if new != position {
            position = new
            parts = [:]
            for listener in listeners.values { listener.wakes.yield() }
        }
        for (number, listener) in listeners where listener.start == nil {
            listeners[number]?.start = new.start(after: listener.lastEventID)
            listener.wakes.yield()
        }
        return new
    }
}

/// A place among the streams, given back when nobody holds it any more.
final class StreamTicket: Sendable {
    let number: Int
    private let streams: ConnectionCount

    fileprivate init(_ streams: ConnectionCount) {
        self.streams = streams
        number = streams.enter()
    }

    deinit {
        streams.leave()
    }
}
