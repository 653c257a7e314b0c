import Foundation

/// A certificate authority of the test's own and what it signed, made with the `openssl` command.
package struct TestCertificates: Sendable {
    private let folder: TemporaryFolder

    /// - Parameter names: subject alternative names of the server's certificate, as OpenSSL writes them.
    package init(names: String = "IP:127.0.0.1,DNS:localhost") throws {
        folder = try TemporaryFolder()
        try makeAuthority("ca")
        try makeAuthority("other-ca")
        try makeCertificate("server", names: names)
        try makeCertificate("client", names: "DNS:client")
    }

    package var authority: String { folder.file("ca.pem") }
    /// One that signed nothing.
    package var otherAuthority: String { folder.file("other-ca.pem") }
    package var serverCertificate: String { folder.file("server.pem") }
    package var serverKey: String { folder.file("server.key") }
    package var clientCertificate: String { folder.file("client.pem") }
    package var clientKey: String { folder.file("client.key") }

    private func makeAuthority(_ name: String) throws {
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).pem"))
    }

    private func makeCertificate(_ name: String, names: String) throws {
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).csr"))
        try folder.write("\(name).ext", "subjectAltName=\(names)\n")
        try openssl(
            "x509", "-req", "-in", folder.file("\(name).csr"), "-CA", folder.file("ca.pem"), "-CAkey",
            folder.file("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", folder.file("\(name).ext"), "-out",
            folder.file("\(name).pem"))
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CertificateError(arguments: arguments) }
    }
}

package struct CertificateError: Error {
    package let arguments: [String]
}

/// `openssl s_server`: answers every request with a page of its own.
package final class TLSServer: Sendable {
    package let port: Int
    private let process: Process

    /// - Parameter arguments: for `s_server`, `-Verify 1` say.
    package init(_ certificates: TestCertificates, arguments: [String] = []) throws {
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            [
                "s_server", "-www", "-accept", "127.0.0.1:0", "-cert", certificates.serverCertificate, "-key",
                certificates.serverKey, "-CAfile", certificates.authority,
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
        else { throw CertificateError(arguments: process.arguments ?? []) }
        self.port = port
    }

    deinit {
        process.terminate()
    }
}
