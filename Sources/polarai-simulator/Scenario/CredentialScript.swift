import Model

/// How temporary keys are given out: by the metadata service, the credentials URI and STS.
struct CredentialScript: Sendable {
    /// How long a key lasts; nil: an hour, from STS what was asked for.
    var lifetime: Duration?
    /// After so long the metadata service and the URI give a new key; nil: half the lifetime.
    var rotate: Duration?
    /// The role that the metadata service knows.
    var role = "monitor"
    /// The metadata service takes calls without a token (version 1).
    var metadataV1 = true
    /// It gives out tokens (version 2).
    var metadataV2 = true
    /// ARNs that can be assumed; empty: any.
    var roles: [String] = []
    /// What must be given along with AssumeRole; nil: nothing.
    var externalID: String?
    /// AssumeRoleWithOIDC takes what this file holds at the time; nil: any token.
    var oidcTokenFile: String?
    /// The name of the account whose tasks temporary keys see.
    var account = "default"

    init() {}
}

extension CredentialScript: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case lifetime, rotate, role
        case metadataV1 = "metadata_v1"
        case metadataV2 = "metadata_v2"
        case roles
        case externalID = "external_id"
        case oidcTokenFile = "oidc_token_file"
        case account
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        lifetime = try fields.duration(.lifetime)
        rotate = try fields.duration(.rotate)
        role = try fields.value(.role, default: role)
        metadataV1 = try fields.value(.metadataV1, default: true)
        metadataV2 = try fields.value(.metadataV2, default: true)
        roles = try fields.value(.roles, default: [])
        externalID = try fields.optional(.externalID)
        oidcTokenFile = try fields.optional(.oidcTokenFile)
        account = try fields.value(.account, default: account)
    }
}
