import Foundation

/// A certificate authority of its own and what it signs, made by the `openssl` command.
package final class Certificates: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Identity: Sendable {
        package let certificateFile: String
        package let keyFile: String
    }

    package let folder: TemporaryFolder
    package var caFile: String { folder.file("ca.pem") }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    /// - Throws: `Failure` where openssl is missing or refuses.
    package init() async throws {
        folder = try TemporaryFolder()
        try await openssl(
            ["req", "-x509", "-days", "30", "-subj", "/CN=test authority"] + Self.newKey
                + ["-keyout", "ca-key.pem", "-out", "ca.pem"])
    }

    /// A server's certificate.
    ///
    /// - Parameters:
    ///   - names: as openssl writes them: `DNS:localhost`, `IP:127.0.0.1`.
    ///   - days: how long it is good; negative: it has expired.
    package func server(
        _ name: String = "server", names: [String] = ["DNS:localhost", "IP:127.0.0.1"], days: Int = 30
    ) async throws -> Identity {
        try await sign(
            name, extensions: "subjectAltName=\(names.joined(separator: ","))\nextendedKeyUsage=serverAuth\n",
            days: days)
    }

    /// A certificate by which a client shows who it is.
    package func client(_ name: String = "client") async throws -> Identity {
        try await sign(name, extensions: "extendedKeyUsage=clientAuth\n", days: 30)
    }

    private func sign(_ name: String, extensions: String, days: Int) async throws -> Identity {
        try folder.write(name + ".cnf", extensions)
        try await openssl(
            ["req", "-subj", "/CN=\(name)"] + Self.newKey + ["-keyout", name + "-key.pem", "-out", name + ".csr"])
        try await openssl([
            "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
            "-days", "\(days)", "-extfile", name + ".cnf", "-out", name + ".pem",
        ])
        return Identity(certificateFile: folder.file(name + ".pem"), keyFile: folder.file(name + "-key.pem"))
    }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await run(ProgramPath.system("openssl"), arguments, workingFolder: folder.path)
        guard result.exitCode == 0 else { throw Failure(description: "openssl: \(result.errors)") }
    }
}
