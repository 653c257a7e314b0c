package import HTTPTransport
package import Model

/// What came back from a target.
package struct Answer: Sendable {
    package let status: Int
    package var headers = HTTPHeaders()
    package var body: [UInt8] = []
    /// The moment it came, by this host's clock.
    package let receivedAt: Timestamp

    /// The body as text, broken UTF-8 replaced.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; nil if it is not one.
    var json: JSONValue? {
        guard let value = try? JSONValue(parsing: body, limits: .foreign), value.objectValue != nil else { return nil }
        return value
    }

    /// The receiver's clock when it answered; nil if it does not say.
    var date: Timestamp? { headers["Date"].flatMap { HTTPDate.parse($0.trimmed) } }

    /// `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date. A date is measured by the receiver's own clock, since
    /// this host's may be wrong.
    var retryAfter: Duration? {
        guard let value = headers["Retry-After"]?.trimmed else { return nil }
        if let seconds = HTTPHeaders.delay(value) { return Self.wait(seconds: seconds) }
        return HTTPDate.parse(value).map { max($0.since(date ?? receivedAt), .zero) }
    }

    /// A wait that a service names in seconds, fractions included; nil if it makes no sense.
    static func wait(seconds: Double?) -> Duration? {
        guard let seconds, seconds.isFinite, seconds >= 0 else { return nil }
        return .clamped(milliseconds: (min(seconds, 1e9) * 1000).rounded(.up))
    }

    /// The longer of two waits, either of which may not be known.
    static func longer(_ first: Duration?, _ second: Duration?) -> Duration? {
        guard let first, let second else { return first ?? second }
        return max(first, second)
    }

    func verdict(_ outcome: DeliveryOutcome, code: String? = nil, _ reason: String? = nil) -> Verdict {
        Verdict(outcome, code: code ?? "HTTP \(status)", httpStatus: status, reason: reason, answer: text)
    }
}

extension Answer {
    package init(_ response: HTTPResponse, receivedAt: Timestamp) {
        self.init(status: response.status, headers: response.headers, body: response.body, receivedAt: receivedAt)
    }
}
