import Model

/// What the stand-in plays: who may call, which tasks live, what goes wrong, how receivers answer. See docs/simulator.md.
struct Scenario: Sendable {
    /// Free text for whoever reads the file.
    var description: String?
    /// Seed of everything that is left to chance.
    var seed: UInt64 = 1
    /// Who may call. Empty: one account with the key `testid` and the secret `testsecret`.
    var accounts: [Account] = []
    /// Known regions; empty: any.
    var regions: [String] = []
    var instances: [ScenarioInstance] = []
    var tasks: [TaskScript] = []
    var faults: [Fault] = []
    var quotas: [QuotaRule] = []
    var hooks: [HookScript] = []
    var robots: [RobotScript] = []
    var mail = MailScript()
    var clock = ClockScript()
    var credentials = CredentialScript()
    /// Refuse plain HTTP as the gateway does.
    var httpsOnly = false
    /// Values that a Host header may have; empty: any.
    var hosts: [String] = []

    enum CodingKeys: String, CodingKey, CaseIterable {
        case description, seed, accounts, regions, instances, tasks, faults, quotas, hooks, robots, mail, clock,
            credentials
        case httpsOnly = "https_only"
        case hosts
    }
}

extension Scenario: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        description = try fields.optional(.description)
        seed = try fields.value(.seed, default: 1)
        accounts = try fields.value(.accounts, default: [])
        regions = try fields.value(.regions, default: [])
        instances = try fields.value(.instances, default: [])
        tasks = try fields.value(.tasks, default: [])
        faults = try fields.value(.faults, default: [])
        quotas = try fields.value(.quotas, default: [])
        hooks = try fields.value(.hooks, default: [])
        robots = try fields.value(.robots, default: [])
        mail = try fields.value(.mail, default: MailScript())
        clock = try fields.value(.clock, default: ClockScript())
        credentials = try fields.value(.credentials, default: CredentialScript())
        httpsOnly = try fields.value(.httpsOnly, default: false)
        hosts = try fields.value(.hosts, default: [])
        if accounts.isEmpty { accounts = [.standard] }
    }
}

/// How wrong the server's clock is.
struct ClockScript: Sendable, Decodable {
    /// Added to the true time wherever the server looks at its clock: timestamps are checked against it, and the
    /// `Date` header shows it. Negative: the server is behind.
    var skew = Duration.zero

    enum CodingKeys: String, CodingKey, CaseIterable {
        case skew
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        skew = try fields.signedDuration(.skew) ?? .zero
    }
}

/// A parent instance, `pc-…`.
struct ScenarioInstance: Sendable, Decodable {
    var id: String
    var region: String?
    /// The account that owns it; nil: every account sees it.
    var account: String?
    /// The list action pages by `PageNumber` and `PageSize`; older regions ignore them.
    var paging = true
    /// The list gives statuses in `DBNodeStatus`; the documentation says they may be absent.
    var listsStatus = true

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, region, account, paging
        case listsStatus = "lists_status"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        id = try fields.required(.id)
        region = try fields.optional(.region)
        account = try fields.optional(.account)
        paging = try fields.value(.paging, default: true)
        listsStatus = try fields.value(.listsStatus, default: true)
    }
}
