import Model

/// An error as the gateway reports it: the codes and HTTP statuses of its public error tables.
struct GatewayError: Error, Sendable {
    let http: Int
    let code: String
    let message: String
    var detail: JSONValue?
    /// Header `x-acs-retry-after`, if the server gives it.
    var retryAfter: Duration?

    init(_ http: Int, _ code: String, _ message: String, detail: JSONValue? = nil) {
        self.http = http
        self.code = code
        self.message = message
        self.detail = detail
    }

    static func missing(_ parameter: String) -> GatewayError {
        GatewayError(400, "MissingParameter", "The input parameter \"\(parameter)\" that is mandatory is not supplied.")
    }

    static let clusterNotFound = GatewayError(
        404, "InvalidDBClusterId.NotFound", "The specified DBClusterId does not exist.")

    static let throttled = GatewayError(
        400, "Throttling.User", "Request was denied due to user flow control.")

    static func body(code: String, message: String, requestID: String, host: String, detail: JSONValue? = nil)
        -> JSONValue
    {
        var members: [String: JSONValue] = [
            "RequestId": .string(requestID), "HostId": .string(host), "Code": .string(code),
            "Message": .string(message),
            "Recommend": .string(
                "https://api.aliyun.com/troubleshoot?q=\(code)&product=polardb&requestId=\(requestID)"),
        ]
        members["AccessDeniedDetail"] = detail
        return .object(members)
    }

    func reply(requestID: String, host: String) -> ServerReply {
        .json(
            Self.body(code: code, message: message, requestID: requestID, host: host, detail: detail), status: http
        )
        .with(header: "x-acs-request-id", requestID)
        .with(header: "x-acs-retry-after", retryAfter.map { String($0.wholeMilliseconds) })
    }
}
