import Foundation

/// `openssl s_server`: answers every request with a page of its own.
package final class TLSServer: Sendable {
    package let port: Int
    private let process: Process

    /// - Parameters:
    ///   - caFile: what signs a client's certificate.
    ///   - arguments: for `s_server`, `-Verify 1` say.
    package init(_ identity: Certificates.Identity, caFile: String, arguments: [String] = []) throws {
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            [
                "s_server", "-www", "-accept", "127.0.0.1:0", "-cert", identity.certificateFile, "-key",
                identity.keyFile, "-CAfile", caFile,
            ] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // It says "ACCEPT 127.0.0.1:PORT" once it listens.
        var text = ""
        while !(text.contains("ACCEPT") && text.hasSuffix("\n")),
            let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty
        {
            text += String(decoding: more, as: UTF8.self)
        }
        guard
            let port = text.split(separator: ":").last.flatMap({
                Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
            })
        else { throw Certificates.Failure(description: "openssl s_server does not start: \(text)") }
        self.port = port
    }

    deinit {
        process.terminate()
    }
}
