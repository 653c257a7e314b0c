import Foundation

/// `openssl s_server`: answers every request with a page of its own. Killed with the last reference to it.
package final class TLSServer: Sendable {
    package let port: Int
    private let program: RunningProgram

    /// - Parameters:
    ///   - caFile: what signs a client's certificate.
    ///   - arguments: for `s_server`, `-Verify 1` say.
    package init(_ identity: Certificates.Identity, caFile: String, arguments: [String] = []) async throws {
        program = try RunningProgram(
            ProgramPath.system("openssl"),
            [
                "s_server", "-www", "-accept", "127.0.0.1:0", "-cert", identity.certificateFile, "-key",
                identity.keyFile, "-CAfile", caFile,
            ] + arguments)
        // It says "ACCEPT 127.0.0.1:PORT" once it listens.
        let line = try await program.awaitLine(within: .seconds(30)) { $0.hasPrefix("ACCEPT") && $0.contains(":") }
        guard
            let port = line.split(separator: ":").last.flatMap({
                Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
            })
        else { throw Certificates.Failure(description: "openssl s_server does not start: \(line)") }
        self.port = port
    }
}
