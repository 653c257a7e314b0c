/// Where an account's access key comes from: `credentials` in a config.
package indirect enum CredentialSettings: Hashable, Sendable {
    /// The official SDKs' chain.
    case defaultChain
    case accessKey(id: Secret, secret: Secret, securityToken: Secret?)
    case ecsRAMRole(roleName: String?, metadataEndpoint: String?)
    case ramRoleARN(AssumedRole, source: CredentialSettings)
    case oidcRoleARN(
        roleARN: String, providerARN: String, tokenFile: String, sessionName: String?, stsEndpoint: String?,
        duration: Duration?)
    /// A profile of `~/.aliyun/config.json` or a section of a credentials ini file.
    case profile(name: String?, file: String?)
    case uri(Secret)
}

/// A role to assume through STS.
package struct AssumedRole: Hashable, Sendable {
    package var roleARN: String
    package var sessionName: String?
    package var stsEndpoint: String?
    package var externalID: String?
    package var policy: String?
    package var duration: Duration?

    package init(
        roleARN: String, sessionName: String? = nil, stsEndpoint: String? = nil, externalID: String? = nil,
        policy: String? = nil, duration: Duration? = nil
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.stsEndpoint = stsEndpoint
        self.externalID = externalID
        self.policy = policy
        self.duration = duration
    }
}
