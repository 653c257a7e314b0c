package import Model

/// `acs3_verifier.py`: an HTTPS endpoint that checks each request with the official SDK's own signing code.
package final class ACS3Verifier: Sendable {
    package let httpsPort: Int
    /// An ECS metadata service and an STS, whose keys the endpoint takes until they end: for `metadata_endpoint` and
    /// `sts_endpoint`.
    package let keyServices: String
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
        /// Temporary keys that were given out.
        package let keys: Int
        /// Custom events of CloudMonitor, by the names of their parameters.
        package let events: [JSONValue]
    }

    /// - Parameters:
    ///   - token: the security token that must be sent with the access key; nil: none may be.
    ///   - keyLifetime: how long temporary keys are good, in whole seconds; they are replaced after half of it.
    package init(
        accessKeyID: String = "testid", secret: String = "testsecret", token: String? = nil, keyLifetime: Int = 3600
    ) async throws {
        certificates = try await Certificates()
        let identity = try await certificates.server()
        var arguments = [
            "--cert", identity.certificateFile, "--key", identity.keyFile,
            "--answer", ProgramPath.package + "/Tests/Fixtures/sample-answer.json",
            "--access-key", accessKeyID, "--secret", secret,
        ]
        arguments += ["--lifetime", "\(keyLifetime)", "--rotate", "\(Double(keyLifetime) / 2)"]
        if let token { arguments += ["--token", token] }
        let (program, ports) = try await PythonEnvironment.start("acs3_verifier.py", arguments)
        guard let https = ports["https"], let control = ports["control"], let keys = ports["keys"] else {
            throw PythonEnvironment.Failure(description: "acs3_verifier.py named no ports")
        }
        self.program = program
        httpsPort = https
        keyServices = "http://127.0.0.1:\(keys)"
        self.control = LoopbackClient(port: control)
    }

    package func stats() async throws -> Stats {
        let json = try await control.json("GET", "/stats")
        func count(_ key: String) -> Int {
            if case .integer(let number)? = json[key] { Int(number) } else { 0 }
        }
        return Stats(
            accepted: count("accepted"), refused: json["refused"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            connections: count("connections"), keys: count("keys"), events: json["events"]?.arrayValue ?? [])
    }

    /// From now on the task has this status; before, ACTIVATION.
    package func setTask(_ id: String, status: String) async throws {
        try await control.json("POST", "/status", body: JSONValue.object([id: .string(status)]).text())
    }
}
