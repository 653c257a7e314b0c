package import Model

/// `mail_server.py`: aiosmtpd, whose mails are read by Python's own library.
package final class MailServer: Sendable {
    /// `smtp://localhost:…`, with STARTTLS if there is a certificate.
    package let smtp: String
    /// `smtps://localhost:…`; nil without a certificate.
    package let smtps: String?
    /// What clients must trust; nil without a certificate.
    package let caFile: String?
    private let program: RunningProgram
    private let certificates: Certificates?
    private let control: LoopbackClient

    /// - Parameters:
    ///   - hasTLS: whether it offers STARTTLS, and TLS from the start on another port.
    ///   - user: name and password of the login that it wants; nil: none.
    package init(hasTLS: Bool = true, user: (name: String, password: String)? = nil) async throws {
        var arguments: [String] = []
        if hasTLS {
            let certificates = try await Certificates()
            let identity = try await certificates.server()
            arguments += ["--cert", identity.certificateFile, "--key", identity.keyFile]
            self.certificates = certificates
        } else {
            certificates = nil
        }
        caFile = certificates?.caFile
        if let user { arguments += ["--user", user.name, "--password", user.password] }
        let (program, ports) = try await PythonEnvironment.start("mail_server.py", arguments)
        guard let port = ports["smtp"], let control = ports["control"] else {
            throw PythonEnvironment.Failure(description: "mail_server.py named no ports")
        }
        self.program = program
        smtp = "smtp://localhost:\(port)"
        smtps = ports["smtps"].map { "smtps://localhost:\($0)" }
        self.control = LoopbackClient(port: control)
    }

    /// What it answers from now on, as the program's page says: JSON.
    package func plan(_ plan: String) async throws {
        try await control.json("POST", "/plan", body: plan)
    }

    /// Every mail that came, answered well or not.
    package func mails() async throws -> [JSONValue] {
        try await control.json("GET", "/mails").arrayValue ?? []
    }

    /// One entry for each announced sender: `hello`, `tls`, `user`.
    package func talks() async throws -> [JSONValue] {
        try await control.json("GET", "/talks").arrayValue ?? []
    }
}
