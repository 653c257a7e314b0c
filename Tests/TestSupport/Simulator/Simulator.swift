import Foundation
package import Model

/// A running `polarai-simulator`, and its control endpoint.
package final class Simulator: Sendable {
    package let httpPort: Int
    package let httpsPort: Int
    /// What clients must trust.
    package let caFile: String
    package let program: RunningProgram
    package let client: LoopbackClient
    private let folder: TemporaryFolder

    /// `http://127.0.0.1:PORT`.
    package var http: String { "http://127.0.0.1:\(httpPort)" }
    /// `https://localhost:PORT`.
    package var https: String { "https://localhost:\(httpsPort)" }
    /// One JSON line per request.
    package var logFile: String { folder.file("calls.jsonl") }

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - scenario: JSON, docs/simulator.md.
    ///   - httpPort: 0: any that is free; fixed where it is to come back on the same one.
    package init(scenario: String, httpPort: Int = 0, httpsPort: Int = 0) async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let file = try folder.write("scenario.json", scenario)
        program = try RunningProgram(
            ProgramPath.built("polarai-simulator"),
            [
                "serve", "--scenario", file, "--make-certs", folder.path, "--log", folder.file("calls.jsonl"),
                "--http-port", "\(httpPort)", "--https-port", "\(httpsPort)",
            ])
        let line = try await program.awaitLine(within: .seconds(30)) { $0.hasPrefix("{") }
        let ports = try JSONValue(parsing: Array(line.utf8))
        guard case .integer(let http)? = ports["http"], case .integer(let https)? = ports["https"] else {
            throw LoopbackClient.Refused(description: "the simulator's line has no ports: \(line)")
        }
        self.httpPort = Int(http)
        self.httpsPort = Int(https)
        caFile = folder.file("ca.pem")
        client = LoopbackClient(port: Int(http))
    }

    // MARK: - What happened

    /// The API's calls so far, oldest first.
    package func calls(cluster: String? = nil, action: String? = nil, since: Int = 0) async throws -> [JSONValue] {
        var path = "/_control/calls?since=\(since)&limit=100000"
        if let cluster { path += "&cluster=\(cluster)" }
        if let action { path += "&action=\(action)" }
        return try await client.json("GET", path).arrayValue ?? []
    }

    /// Counts: `calls`, `by_outcome`, `by_action`, `connections`.
    package func stats() async throws -> JSONValue {
        try await client.json("GET", "/_control/stats")
    }

    /// What a receiver got so far, oldest first.
    ///
    /// - Parameters:
    ///   - hook: its name; a robot's, too.
    ///   - since: only deliveries with a greater number `n`.
    package func deliveries(to hook: String? = nil, since: Int = 0) async throws -> [JSONValue] {
        let path = "/_control/deliveries?since=\(since)" + (hook.map { "&hook=\($0)" } ?? "")
        return try await client.json("GET", path).arrayValue ?? []
    }

    /// What a receiver accepted so far, oldest first.
    package func acceptedDeliveries(to hook: String) async throws -> [JSONValue] {
        try await deliveries(to: hook).filter { $0["verdict"]?.stringValue == "accepted" }
    }

    // MARK: - What happens next

    /// The task has this status from now on.
    package func setTask(_ id: String, status: String) async throws {
        let body = JSONValue.object(["status": .string(status)])
        try await client.json("POST", "/_control/tasks/\(id)", body: body.text())
    }

    /// - Parameter fault: JSON, docs/simulator.md.
    /// - Returns: the fault's id.
    @discardableResult
    package func addFault(_ fault: String) async throws -> String {
        try await client.json("POST", "/_control/faults", body: fault)["id"]?.stringValue ?? ""
    }

    package func removeFaults() async throws {
        try await client.json("DELETE", "/_control/faults")
    }

    package func removeTask(_ id: String) async throws {
        try await client.json("DELETE", "/_control/tasks/\(id)")
    }

    /// - Parameter task: JSON, docs/simulator.md.
    package func addTask(_ task: String) async throws {
        try await client.json("POST", "/_control/tasks", body: task)
    }

    /// Switches a receiver off (every connection is reset) or on.
    package func setHook(_ name: String, down: Bool) async throws {
        try await client.json(
            "POST", "/_control/hooks/\(name)", body: down ? #"{"down": "reset"}"# : #"{"down": null}"#)
    }

    /// - Parameter script: JSON: `plan`, `secret`.
    package func setHook(_ name: String, script: String) async throws {
        try await client.json("POST", "/_control/hooks/\(name)", body: script)
    }

    /// - Parameter robot: JSON, docs/simulator.md; it takes the place of the one with the same service and token.
    package func setRobot(_ robot: String) async throws {
        try await client.json("POST", "/_control/robots", body: robot)
    }

    /// - Parameter accounts: a JSON array in the place of the scenario's accounts.
    package func setAccounts(_ accounts: String) async throws {
        try await client.json("POST", "/_control/accounts", body: accounts)
    }

    /// - Parameter quotas: a JSON array in the place of the scenario's quotas.
    package func setQuotas(_ quotas: String) async throws {
        try await client.json("POST", "/_control/quotas", body: quotas)
    }

    /// - Parameter skew: `20m`, `-1h`.
    package func setClock(skew: String) async throws {
        try await client.json("POST", "/_control/clock", body: #"{"skew": "\#(skew)"}"#)
    }
}
