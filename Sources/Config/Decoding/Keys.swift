import Model

// Every key of contract and schema, object by object. What is not here cannot be read.

enum RootKey: String, ConfigKey {
    /// For editors, which look there for config/schema.json.
    case schema = "$schema"
    case api, accounts, clusters, instances, schedule, targets, routes, delivery
    case firstSeenEvents = "first_seen_events"
    case storage, log, language, timezone, overdue, cost, summaries, heartbeats, hooks, web
}

/// `api`, and each of `accounts`.
enum AccountKey: String, ConfigKey {
    case region, endpoint, network, credentials
    case callsPerSecond = "calls_per_second"
    case burst, timeout
    case connectTimeout = "connect_timeout"
    case caFile = "ca_file"
    case proxy
}

enum CredentialKey: String, ConfigKey {
    case type
    case accessKeyID = "access_key_id"
    case accessKeySecret = "access_key_secret"
    case securityToken = "security_token"
    case roleName = "role_name"
    case metadataEndpoint = "metadata_endpoint"
    case roleARN = "role_arn"
    case sessionName = "session_name"
    case source
    case stsEndpoint = "sts_endpoint"
    case externalID = "external_id"
    case policy, duration
    case oidcProviderARN = "oidc_provider_arn"
    case oidcTokenFile = "oidc_token_file"
    case name, file, url
}

enum CredentialType: String, CaseIterable {
    case `default`
    case accessKey = "access_key"
    case ecsRAMRole = "ecs_ram_role"
    case ramRoleARN = "ram_role_arn"
    case oidcRoleARN = "oidc_role_arn"
    case profile, uri

    /// What may stand beside `type`.
    var keys: Set<CredentialKey> {
        switch self {
        case .default: []
        case .accessKey: [.accessKeyID, .accessKeySecret, .securityToken]
        case .ecsRAMRole: [.roleName, .metadataEndpoint]
        case .ramRoleARN: [.roleARN, .sessionName, .source, .stsEndpoint, .externalID, .policy, .duration]
        case .oidcRoleARN: [.roleARN, .oidcProviderARN, .oidcTokenFile, .sessionName, .stsEndpoint, .duration]
        case .profile: [.name, .file]
        case .uri: [.url]
        }
    }

    var required: Set<CredentialKey> {
        switch self {
        case .default, .ecsRAMRole, .profile: []
        case .accessKey: [.accessKeyID, .accessKeySecret]
        case .ramRoleARN: [.roleARN]
        case .oidcRoleARN: [.roleARN, .oidcProviderARN, .oidcTokenFile]
        case .uri: [.url]
        }
    }
}

enum ClusterKey: String, ConfigKey {
    case id, name, account, region, poll, labels, overdue
    case costPerHour = "cost_per_hour"
}

enum InstanceItemKey: String, ConfigKey {
    case id, account, region, labels
    case costPerHour = "cost_per_hour"
}

enum ScheduleKey: String, ConfigKey {
    case running, settled, jitter
    case failingAfter = "failing_after"
    case adaptive
    case stallAfter = "stall_after"
}

/// Those that several kinds share, or that mean something to another part of the config; the others are in the kinds'
/// own tables.
enum TargetKey: String, ConfigKey {
    case type, url, urls
    case proxy
    case caFile = "ca_file"
    case clientCertificate = "client_cert"
    case clientKey = "client_key"
    case timeout, rate, retry
    case giveUpAfter = "give_up_after"
    case language, timezone
    case secret, headers, template, format, keyword, mention, hold
    case account
    case groupID = "group_id"
    case eventName = "event_name"
    case endpoint
    case hook, socket
    case username, password, from, to, helo
}

extension TargetKind {
    /// What every target takes.
    static let commonKeys: Set<TargetKey> = [
        .type, .proxy, .caFile, .clientCertificate, .clientKey, .timeout, .rate, .retry, .giveUpAfter, .language,
        .timezone,
    ]

    /// All that this kind takes, by name.
    var keys: Set<String> { rules.keys.union(Self.commonKeys.map(\.rawValue)) }
}

enum MentionKey: String, ConfigKey {
    case mobiles
    case userIDs = "user_ids"
    case all
}

enum RouteKey: String, ConfigKey {
    case events, clusters, labels, targets, hours, remind, escalate
}

enum DeliveryKey: String, ConfigKey {
    case retry
    case giveUpAfter = "give_up_after"
}

enum StorageKey: String, ConfigKey {
    case path, url, keep
}

enum LogKey: String, ConfigKey {
    case level
}
