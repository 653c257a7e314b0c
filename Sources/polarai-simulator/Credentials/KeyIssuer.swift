import Model

/// Makes temporary keys, each with a security token and an end.
struct KeyIssuer: Sendable {
    private let script: CredentialScript
    private var count = 0
    /// What the metadata service and the URI give until it is time for another.
    private var standing: (account: Account, since: Timestamp)?
    private var chance: SplitMix64

    init(_ script: CredentialScript, seed: UInt64) {
        self.script = script
        chance = SplitMix64(seed: seed &+ 2)
    }

    /// A new key.
    ///
    /// - Parameter lifetime: what was asked for; the scenario's own goes before it.
    mutating func issue(lifetime: Duration = .seconds(3600), now: Timestamp) -> Account {
        count += 1
        return Account(
            name: script.account, accessKeyID: "STS.sim\(count)", accessKeySecret: word(),
            securityTokens: ["CAIS\(word())=="],
            expires: .absolute(now.advanced(by: script.lifetime ?? lifetime)))
    }

    /// The key of the role that the machine has: the same one until it is rotated.
    ///
    /// - Returns: the key, and whether it is new.
    mutating func standingKey(now: Timestamp) -> (account: Account, isNew: Bool) {
        let lifetime = script.lifetime ?? .seconds(3600)
        if let standing, now.since(standing.since) < script.rotate ?? (lifetime / 2) {
            return (standing.account, false)
        }
        let account = issue(now: now)
        standing = (account, now)
        return (account, true)
    }

    private mutating func word() -> String {
        String(chance.next(), radix: 36) + String(chance.next(), radix: 36)
    }
}

extension Account {
    /// As the services write a key's end: `2026-11-24T08:00:00Z`.
    var expiration: String {
        if case .absolute(let end)? = expires { end.wholeSeconds } else { "" }
    }

    /// The members that all of the services call the same.
    var keyMembers: [String: JSONValue] {
        [
            "AccessKeyId": .string(accessKeyID), "AccessKeySecret": .string(accessKeySecret),
            "SecurityToken": .string(securityTokens.first ?? ""), "Expiration": .string(expiration),
        ]
    }
}
