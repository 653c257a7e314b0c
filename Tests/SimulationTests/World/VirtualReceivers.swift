import HTTPTransport
import Model
import Synchronization

/// The receivers of both webhooks, in the place of the network: `steady` takes everything, `flaky` does as planned.
final class VirtualReceivers: HTTPClient {
    /// A message that a receiver has.
    struct Taken: Hashable {
        let target: String
        let id: String
        /// Of a digest: one of the events that it names.
        let seq: Int64
        let body: [UInt8]
        let at: Millis
    }

    private struct State {
        var taken: [Taken] = []
        var latency: Millis = 0
        /// What the last answer asked for.
        var retryAfter: Millis?
        var random: SeededRandom
    }

    private let clock: VirtualClock
    private let faults: [ReceiverFault]
    private let state: Mutex<State>

    init(_ scenario: Scenario, clock: VirtualClock) {
        self.clock = clock
        faults = scenario.receiverFaults
        state = Mutex(State(random: SeededRandom(seed: scenario.seed, stream: 7)))
    }

    var taken: [Taken] { state.withLock { $0.taken } }

    /// How long the exchange takes that was just begun, and the pause it ends with.
    func lastExchange() -> (latency: Millis, retryAfter: Millis?) {
        state.withLock { ($0.latency, $0.retryAfter) }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let target = request.url.hasSuffix("steady") ? "steady" : "flaky"
        let now = clock.millis
        let result = state.withLock { state -> Result<HTTPResponse, TransportError> in
            state.retryAfter = nil
            state.latency = state.random.millis(1...30) * 50
            let fault = target == "flaky" ? faults.first { $0.span.contains(now) } : nil
            switch Self.behaviour(fault?.kind, &state.random) {
            case .down:
                return .failure(TransportError(.connect, "simulated: no connection"))
            case .hangs:
                state.latency = 20 * .second
                return .failure(TransportError(.timeout, "simulated: no answer"))
            case .losesAnswer:
                state.latency = 20 * .second
                state.taken += Self.messages(request, target, now)
                return .failure(TransportError(.reset, "simulated: the answer is lost"))
            case .serverError:
                return .success(HTTPResponse(status: 503))
            case .busy:
                let wait = fault?.retryAfter ?? .minute
                state.retryAfter = wait
                return .success(
                    HTTPResponse(status: 429, headers: HTTPHeaders([HTTPHeader("Retry-After", "\(wait / .second)")])))
            case .refusesMessage:
                return .success(HTTPResponse(status: 400))
            case .broken:
                return .success(HTTPResponse(status: 403))
            case .slow:
                state.latency = state.random.millis((5 * .second)...(19 * .second))
                fallthrough
            case .mixed, nil:
                state.taken += Self.messages(request, target, now)
                return .success(HTTPResponse(status: 200))
            }
        }
        return try result.get()
    }

    private static func behaviour(_ kind: ReceiverFault.Kind?, _ random: inout SeededRandom) -> ReceiverFault.Kind? {
        kind == .mixed ? random.pick([.down, .serverError, .losesAnswer, .hangs, .slow, .busy, .mixed, .mixed]) : kind
    }

    /// One for each event that the message reports.
    private static func messages(_ request: HTTPRequest, _ target: String, _ now: Millis) -> [Taken] {
        let id = request.headers.first { $0.name == "webhook-id" }?.value ?? ""
        let ids =
            id.contains("..")
            ? ((try? JSONValue(parsing: request.body))?["data"]?["events"]?.arrayValue ?? [])
                .compactMap { $0["id"]?.stringValue }
            : [id]
        return ids.map { member in
            Taken(
                target: target, id: id, seq: member.split(separator: "-").last.flatMap { Int64($0) } ?? 0,
                body: request.body, at: now)
        }
    }
}
