package import Model

/// `standard_webhooks_receiver.py`: verifies each delivery with the official `standardwebhooks` library.
package final class StandardWebhooksReceiver: Sendable {
    /// Where to deliver.
    package var url: String { client.base + "/hook" }
    private let program: RunningProgram
    private let client: LoopbackClient

    /// - Parameter secrets: `whsec_…`; a delivery must verify with one of them.
    package init(secrets: [String]) async throws {
        let (program, ports) = try await PythonEnvironment.start(
            "standard_webhooks_receiver.py", secrets.flatMap { ["--secret", $0] })
        guard let port = ports["http"] else {
            throw PythonEnvironment.Failure(description: "standard_webhooks_receiver.py named no port")
        }
        self.program = program
        client = LoopbackClient(port: port)
    }

    /// All so far, each with `path`, `headers`, `body` and `verdict` (`accepted`, or the library's words).
    package func deliveries() async throws -> [JSONValue] {
        try await client.json("GET", "/_control/deliveries").arrayValue ?? []
    }
}
