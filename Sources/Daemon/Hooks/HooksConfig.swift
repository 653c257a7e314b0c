import Config
import Glibc
import Model

/// Where the hooks runner reads `hooks`: a file, or `-` for its standard input, which systemd opens for a user that may not
/// open the config itself.
struct HooksConfig: Sendable {
    private let path: String
    private let loader: ConfigLoader

    init(path: String, loader: ConfigLoader) {
        self.path = path
        self.loader = loader
    }

    /// The hooks as they are now; a file on standard input is read anew from its beginning.
    ///
    /// - Throws: `ConfigError`.
    func read() throws(ConfigError) -> [HookSettings] {
        guard path == "-" else { return try loader.loadHooks(path).hooks }
        do {
            return try loader.loadHooks(try Self.standardInput(), path: "standard input").hooks
        } catch let error as ConfigError {
            throw error
        } catch {
            let reason = String(cString: strerror((error as? ReadFailure)?.code ?? EIO))
            throw ConfigError(
                file: "standard input",
                findings: [Finding(.mistake, at: "", "is not a file that can be read: \(reason)")])
        }
    }

    private struct ReadFailure: Error {
        let code: Int32
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(STDIN_FILENO, &chunk, chunk.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReadFailure(code: errno) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= ConfigLoader.maximumSize else { throw ReadFailure(code: EFBIG) }
        }
    }
}
