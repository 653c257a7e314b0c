import Model
import Store

/// `/api/v1/events`: every event as it is committed, as Server-Sent Events (HTML standard, 9.2).
struct EventStream: Sendable {
    private let hub: EventHub
    private let ticket: StreamTicket
    /// The event that its reader had last, as the reader names it.
    private let lastEventID: String?
    /// The number of the event behind which it begins; nil while the database cannot be read.
    private let start: Int64?

    /// The longest that nothing is sent: a proxy or a reader knows by it that the stream lives.
    private static let heartbeat = Duration.seconds(15)

    static func reply(_ hub: EventHub, lastEventID: String?, isHead: Bool) async -> Reply? {
        let headers = ["X-Accel-Buffering": "no"]
        if isHead { return Reply(type: "text/event-stream", headers: headers) { _ in } }
        guard let ticket = hub.ticket() else { return nil }
        let stream = EventStream(
            hub: hub, ticket: ticket, lastEventID: lastEventID, start: await hub.start(after: lastEventID))
        return Reply(type: "text/event-stream", headers: headers) { writer in try await stream.run(writer) }
    }

    private func run(_ writer: StreamWriter) async throws {
        try await writer.write(Array("retry: 2000\n: events of polarai-daemon\n\n".utf8))
        var writtenAt = ContinuousClock.now
        let (number, wakes) = await hub.listen(from: start, after: lastEventID)
        var heart = beat(number)
        defer {
            heart.cancel()
            Task { await hub.leave(number) }
        }
        var last = start
        var numbering: EventNumbering?
        for await _ in wakes {
            let lastWrite = writtenAt
            if last == nil { last = await hub.start(of: number) }
            if let sent = last {
                let place = await hub.place(of: sent, since: numbering)
                last = place.seq
                numbering = place.numbering
            }
            while let sent = last, !Task.isCancelled {
                // While the database cannot be read nothing is known to have happened.
                guard let part = try? await hub.part(after: sent) else { break }
                last = part.last
                guard !part.bytes.isEmpty else { break }
                try await writer.write(part.bytes)
                writtenAt = .now
                guard part.isFull else { break }
            }
            try Task.checkCancellation()
            if writtenAt.duration(to: .now) >= Self.heartbeat - .milliseconds(500) {
                try await writer.write(Array(": still here\n\n".utf8))
                writtenAt = .now
            }
            if writtenAt != lastWrite {
                heart.cancel()
                heart = beat(number)
            }
        }
        try Task.checkCancellation()
    }

    /// Wakes the stream when nothing has been sent for as long as may be. Begun anew with every write: a rhythm of its own
    /// could leave almost two such times between two writes.
    private func beat(_ number: Int) -> Task<Void, any Error> {
        let hub = hub
        return Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.heartbeat)
                await hub.nudge(number)
            }
        }
    }
}
