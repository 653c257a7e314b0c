import ArgumentParser
import Foundation
import HTTPTransport
import Model
import PolarDB
import Synchronization

/// The headers of signed polls, made beforehand: what `plain-curl` sends in a loop that shows the share of our own code.
struct SignedBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signed", abstract: "Print the headers of signed polls, an empty line behind those of each.")

    @Argument(help: "HOST:PORT of the server that they are for.")
    var endpoint: String
    @Argument var count: Int

    func run() async throws {
        let recorder = Recorder()
        let client = PolarDBClient(
            http: recorder, endpoint: try Endpoint(endpoint), region: "cn-beijing",
            credentials: AccessKeyProvider(
                id: Secret(.literal("LTAI5tFAKEACCESSKEYID001")), secret: Secret(.literal("FakeSecretForBench")),
                securityToken: nil,
                read: { secret in if case .literal(let text) = secret.source { text } else { "" } }),
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
        for number in 0..<count {
            _ = await client.describeTask(ClusterID("pm-2zebench\(100_001 + number % 200)"), known: nil)
            let headers = recorder.take().map { "\($0.name): \($0.value)\n" }.joined()
            print(headers)
        }
    }
}

/// Takes requests, and sends nothing.
private final class Recorder: HTTPClient {
    private let headers = Mutex<[HTTPHeader]>([])

    func take() -> [HTTPHeader] { headers.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        headers.withLock { $0 = request.headers }
        throw TransportError(.cancelled, "recorded")
    }
}
