import HTTPTransport
import Model
import Testing

@testable import Alerts

/// An answer that a service is known to give, and what it means.
struct VerdictRow: Sendable, CustomTestStringConvertible {
    enum Expected: Sendable, Equatable {
        case delivered, accepted, refused, broken
        /// With the wait in seconds that the service asks for.
        case throttled(Double?)
        case tryAgain(Double?)

        static let throttled = Expected.throttled(nil)
        static let tryAgain = Expected.tryAgain(nil)

        init(_ outcome: DeliveryOutcome) {
            self =
                switch outcome {
                case .delivered: .delivered
                case .accepted: .accepted
                case .messageRefused: .refused
                case .targetBroken: .broken
                case .throttled(let wait): .throttled(wait?.inSeconds)
                case .tryAgain(let wait): .tryAgain(wait?.inSeconds)
                }
        }
    }

    let status: Int
    let body: String
    let expected: Expected
    let headers: [HTTPHeader]
    /// What the reason must name for whoever has to fix it.
    let words: String

    init(
        _ status: Int, _ body: String, _ expected: Expected, _ words: String = "",
        headers: KeyValuePairs<String, String> = [:]
    ) {
        self.status = status
        self.body = body
        self.expected = expected
        self.words = words
        self.headers = headers.map { HTTPHeader($0.key, $0.value) }
    }

    var testDescription: String { "\(status) \(body.prefix(60))" }

    func check(at kind: TargetKind) {
        let answer = Answer(
            status: status, headers: HTTPHeaders(headers), body: Array(body.utf8), receivedAt: Sample.now)
        let verdict = TargetRegistry.builtIn.target(for: kind).judge(answer)
        #expect(Expected(verdict.outcome) == expected, "\(kind) \(testDescription): \(verdict.reason ?? "-")")
        let reason = verdict.reason ?? ""
        #expect(reason.contains(words), "\(kind) \(testDescription): \(reason)")
        switch verdict.outcome {
        case .delivered, .accepted: break
        default:
            #expect(!reason.isEmpty, "\(kind) \(testDescription) has no reason")
            #expect(ReasonInChinese.text(reason) != nil, "\(kind) \(testDescription) is not in Chinese: \(reason)")
            #expect(verdict.code?.isEmpty == false, "\(kind) \(testDescription) has no code")
        }
    }
}
