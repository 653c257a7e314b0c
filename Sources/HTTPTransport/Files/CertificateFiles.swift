import Files
import Glibc
import Synchronization

/// The certificate files that connections name, read off the loop's thread and with a limit, and read again if they change.
final class CertificateFiles: Sendable {
    private struct Entry {
        var file: LoadedFile
        /// In nanoseconds of the monotonic clock.
        var checkedAt: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var serial = 0
    }

    private let state = Mutex(State())
    private let reader = FileReader.shared

    /// How long a file is taken to be as it was. A connection that fails meanwhile has it looked at again at once.
    private static let freshness: UInt64 = 5_000_000_000
    /// In bytes; bundles of all public authorities have about 250,000.
    private static let maximumSize = 8 << 20

    /// The files as they are now, or were some seconds ago.
    ///
    /// - Throws: `TransportError` of kind `tls` that names a file that cannot be read.
    func current(_ options: ConnectionOptions) async throws(TransportError) -> ConnectionFiles {
        try await files(options, looksAgain: false)
    }

    /// The files after another look at each.
    ///
    /// - Returns: nil if they are the ones that were used.
    func changed(
        _ options: ConnectionOptions, since used: ConnectionFiles
    ) async throws(TransportError) -> ConnectionFiles? {
        let files = try await files(options, looksAgain: true)
        return files == used ? nil : files
    }

    private func files(
        _ options: ConnectionOptions, looksAgain: Bool
    ) async throws(TransportError) -> ConnectionFiles {
        ConnectionFiles(
            caFile: try await file(options.caFile, "ca_file", looksAgain: looksAgain),
            clientCertificate: try await file(options.clientCertificate, "client_cert", looksAgain: looksAgain),
            clientKey: try await file(options.clientKey, "client_key", looksAgain: looksAgain))
    }

    private func file(
        _ path: String?, _ key: String, looksAgain: Bool
    ) async throws(TransportError) -> LoadedFile? {
        guard let path else { return nil }
        if !looksAgain, let known = known(path) { return known }
        do {
            return try await look(path)
        } catch {
            // A mount that does not answer has not changed the file.
            if case .stalled = error.cause, let known = state.withLock({ $0.entries[path]?.file }) { return known }
            state.withLock { $0.entries[path] = nil }
            throw TransportError(.tls, "\(key) \(path) \(error.message)")
        }
    }

    /// The file as it was read. If that is a while ago, another look at it begins, which no request waits for.
    private func known(_ path: String) -> LoadedFile? {
        let (file, isDue) = state.withLock { state -> (LoadedFile?, Bool) in
            guard let entry = state.entries[path] else { return (nil, false) }
            let now = Self.now
            guard now - entry.checkedAt >= Self.freshness else { return (entry.file, false) }
            state.entries[path]?.checkedAt = now
            return (entry.file, true)
        }
        if isDue { Task.detached { _ = try? await self.file(path, "", looksAgain: true) } }
        return file
    }

    private func look(_ path: String) async throws(FileFault) -> LoadedFile {
        let known = state.withLock { $0.entries[path]?.file }
        if let known, try await reader.stamp(path) == known.stamp { return known }
        let snapshot = try await reader.read(path, maximumSize: Self.maximumSize)
        return state.withLock { state in
            // Somebody else may have read the same meanwhile.
            if let file = state.entries[path]?.file, file.stamp == snapshot.stamp { return file }
            state.serial += 1
            let file = LoadedFile(snapshot, of: path, serial: state.serial)
            state.entries[path] = Entry(file: file, checkedAt: Self.now)
            return file
        }
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
