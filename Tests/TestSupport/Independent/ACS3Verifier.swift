import Model

/// `acs3_verifier.py`: an HTTPS endpoint that checks each request with the official SDK's own signing code.
package final class ACS3Verifier: Sendable {
    package let httpsPort: Int
    /// What clients must trust.
    package var caFile: String { certificates.caFile }
    private let program: RunningProgram
    private let certificates: Certificates
    private let control: LoopbackClient

    /// What was counted so far.
    package struct Stats: Sendable {
        package let accepted: Int
        package let refused: [String]
        package let connections: Int
    }

    /// - Parameter token: the security token that must be sent; nil: none may be.
    package init(accessKeyID: String = "testid", secret: String = "testsecret", token: String? = nil) async throws {
        certificates = try await Certificates()
        let identity = try await certificates.server()
        var arguments = [
            "--cert", identity.certificateFile, "--key", identity.keyFile,
            "--answer", ProgramPath.package + "/Tests/Fixtures/sample-answer.json",
            "--access-key", accessKeyID, "--secret", secret,
        ]
        if let token { arguments += ["--token", token] }
        let (program, ports) = try await PythonEnvironment.start("acs3_verifier.py", arguments)
        guard let https = ports["https"], let control = ports["control"] else {
            throw PythonEnvironment.Failure(description: "acs3_verifier.py named no ports")
        }
        self.program = program
        httpsPort = https
        self.control = LoopbackClient(port: control)
    }

    package func stats() async throws -> Stats {
        let json = try await control.json("GET", "/stats")
        func count(_ key: String) -> Int {
            if case .integer(let number)? = json[key] { Int(number) } else { 0 }
        }
        return Stats(
            accepted: count("accepted"), refused: json["refused"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            connections: count("connections"))
    }

    /// From now on the task has this status; before, ACTIVATION.
    package func setTask(_ id: String, status: String) async throws {
        try await control.json("POST", "/status", body: JSONValue.object([id: .string(status)]).text())
    }
}
