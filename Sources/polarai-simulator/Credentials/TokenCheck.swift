import Model

/// Whether a security token belongs to a key and has not ended.
enum TokenCheck {
    static func check(
        _ token: String?, of account: Account, among accounts: [Account], startedAt: Timestamp, now: Timestamp
    ) throws(GatewayError) {
        guard let token else {
            guard account.securityTokens.isEmpty else {
                throw GatewayError(
                    400, "MissingSecurityToken", "SecurityToken is mandatory for a temporary access key.")
            }
            return
        }
        guard account.securityTokens.contains(token) else {
            throw accounts.contains { $0.securityTokens.contains(token) }
                ? GatewayError(
                    400, "InvalidSecurityToken.MismatchWithAccessKey",
                    "Specified SecurityToken does not match the AccessKey.")
                : GatewayError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
        }
        if let end = account.expires?.timestamp(startedAt: startedAt), now >= end {
            throw GatewayError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
        }
    }
}
