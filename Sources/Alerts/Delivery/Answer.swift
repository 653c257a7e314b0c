package import HTTPTransport
package import Model

/// What came back from a target.
package struct Answer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// The moment it came: tells how long it is until a date in it.
    package let receivedAt: Timestamp

    package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], receivedAt: Timestamp) {
        self.status = status
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    package init(_ response: HTTPResponse, receivedAt: Timestamp) {
        self.init(status: response.status, headers: response.headers, body: response.body, receivedAt: receivedAt)
    }

    /// The body as text, broken UTF-8 mended.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; nil where it is none.
    var json: JSONValue? {
        guard let value = try? JSONValue(parsing: body), value.objectValue != nil else { return nil }
        return value
    }

    /// `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date.
    var retryAfter: Duration? {
        guard let value = headers["Retry-After"]?.trimmed else { return nil }
        if let seconds = Double(value) { return Self.wait(seconds: seconds) }
        return HTTPDate.parse(value).map { max($0.since(receivedAt), .zero) }
    }

    /// A wait that a service names in seconds, fractions included; nil where it makes no sense.
    static func wait(seconds: Double?) -> Duration? {
        guard let seconds, seconds.isFinite, seconds >= 0 else { return nil }
        return .milliseconds(Int64((min(seconds, 1e9) * 1000).rounded(.up)))
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

extension JSONValue {
    /// The number, also where it is written as a string.
    var numberValue: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }

    /// The whole number, also where it is written as a string.
    var integerValue: Int? {
        switch self {
        case .integer(let integer): Int(exactly: integer)
        case .number(let number): Int(exactly: number)
        case .string(let text): Int(text)
        default: nil
        }
    }
}
