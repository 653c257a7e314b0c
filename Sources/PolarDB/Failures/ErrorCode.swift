import Model

/// Sorts the API's `Code`s into the classes that the monitor and an operator treat differently.
///
/// By the code, never by the HTTP status alone: PolarDB answers an unknown access key with 404, throttling with 400, and
/// a deleted instance with `Forbidden.…` (PolarDB "Client error codes", OpenAPI "Gateway error codes").
enum ErrorCode {
    /// - Returns: `.unknown` if no page documents the code; the HTTP status then only shows a server's fault.
    static func reason(of code: String, httpStatus: Int) -> FailureReason {
        if let exact = exact[code] { return exact }
        if let (_, reason) = prefixes.first(where: { code.hasPrefix($0.prefix) }) { return reason }
        if httpStatus == 429 { return .throttled }
        return httpStatus >= 500 ? .server : .unknown
    }

    private static let exact: [String: FailureReason] = [
        "InvalidDBClusterId.NotFound": .notFound,
        "InvalidDBCluster.NotFound": .notFound,
        "InvalidDBInstance.NotFound": .notFound,
        "InvalidDBInstanceId.NotFound": .notFound,
        "Forbidden.ClusterNotFound": .notFound,
        "Forbidden.InstanceNotFound": .notFound,

        "Forbidden.AccessKeyDisabled": .credentials,
        "SignatureDoesNotMatch": .credentials,
        "IncompleteSignature": .credentials,
        "MissingSecurityToken": .credentials,

        "Forbidden": .permission,
        "ActionUnauthorized": .permission,
        "Forbedden.NotSupportRAM": .permission,
        "NoPermission": .permission,
        "InsufficientBalance": .permission,

        "InvalidTimeStamp.Expired": .clock,
        "InvalidTimeStamp.Format": .configuration,
        "IllegalTimestamp": .configuration,

        "InvalidDBClusterId.Malformed": .configuration,
        "InvalidAction": .configuration,
        "InvalidVersion": .configuration,
        "UnsupportedParameter": .configuration,
        "UnsupportedHTTPMethod": .configuration,

        // A nonce of ours is never used twice: somebody between us and the gateway repeats requests.
        "SignatureNonceUsed": .server,
    ]

    private static let prefixes: [(prefix: String, reason: FailureReason)] = [
        ("Throttling", .throttled),
        ("InvalidAccessKeyId", .credentials),
        ("InvalidSecurityToken", .credentials),
        ("Forbidden.", .permission),
        ("NoPermission.", .permission),
        ("ServiceUnavailable", .server),
        ("InternalError", .server),
        ("InternalFailure", .server),
        ("InvalidRegionId", .configuration),
        ("InvalidApi", .configuration),
        ("InvalidAction.", .configuration),
        ("InvalidProduct", .configuration),
        ("InvalidProtocol", .configuration),
        ("InvalidParameter", .configuration),
        ("Missing", .configuration),
    ]
}
