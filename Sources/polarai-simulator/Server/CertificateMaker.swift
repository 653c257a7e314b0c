import Foundation

/// Makes a certificate authority and a server certificate for localhost with the `openssl` command.
enum CertificateMaker {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes `ca.pem`, `server.pem` and `server-key.pem` in `folder`, or keeps those that are there.
    ///
    /// - Throws: `Failure` where openssl is missing or refuses; its words are in the description.
    static func makeIdentity(in folder: String) throws -> ServerIdentity {
        let identity = ServerIdentity(certificateFile: folder + "/server.pem", keyFile: folder + "/server-key.pem")
        let files = FileManager.default
        if [folder + "/ca.pem", identity.certificateFile, identity.keyFile].allSatisfy(files.fileExists(atPath:)) {
            return identity
        }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let extensions = """
            subjectAltName=DNS:localhost,IP:127.0.0.1
            basicConstraints=CA:FALSE
            extendedKeyUsage=serverAuth
            """
        try Data(extensions.utf8).write(to: URL(fileURLWithPath: folder + "/server.cnf"))
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try openssl(
            ["req", "-x509", "-days", "3650", "-subj", "/CN=polarai-simulator test CA"] + newKey
                + ["-keyout", "ca-key.pem", "-out", "ca.pem"], in: folder)
        try openssl(
            ["req", "-subj", "/CN=localhost"] + newKey + ["-keyout", "server-key.pem", "-out", "server.csr"],
            in: folder)
        try openssl(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
                "-days", "825", "-extfile", "server.cnf", "-out", "server.pem",
            ], in: folder)
        return identity
    }

    private static func openssl(_ arguments: [String], in folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description:
                    "openssl \(arguments.first ?? "") failed in \(folder) (is the package openssl installed?): "
                    + String(decoding: words, as: UTF8.self))
        }
    }
}
