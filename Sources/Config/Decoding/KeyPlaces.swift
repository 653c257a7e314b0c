import Model

/// Which objects of a config know a key: for a key that stands in the wrong one.
struct KeyPlaces: Sendable {
    /// Every key that means something anywhere.
    let names: Set<String>
    private let places: [(place: String, keys: Set<String>)]

    /// - Parameter targets: the kinds of target, whose own keys are known, too.
    init(targets: TargetTable) {
        places = Self.fixed.map { place, keys in
            (place, place == Self.target ? keys.union(targets.optionNames) : keys)
        }
        names = places.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
    }

    func isKnown(_ name: String) -> Bool { names.contains(name) }

    func of(_ name: String) -> [String] {
        places.filter { $0.keys.contains(name) }.map(\.place)
    }

    private static let target = "a target"

    private static let fixed: [(place: String, keys: Set<String>)] = [
        ("the top level", names(RootKey.self)), ("\"api\"", names(AccountKey.self)),
        ("\"credentials\"", names(CredentialKey.self)), ("an item of \"clusters\"", names(ClusterKey.self)),
        ("\"schedule\"", names(ScheduleKey.self)), (target, names(TargetKey.self)),
        ("\"mention\"", names(MentionKey.self)), ("an item of \"routes\"", names(RouteKey.self)),
        ("\"delivery\"", names(DeliveryKey.self)), ("\"storage\"", names(StorageKey.self)),
        ("\"log\"", names(LogKey.self)), ("an item of \"instances\"", names(InstanceItemKey.self)),
        ("a secret", names(SecretKey.self)), ("\"hours\"", names(HoursKey.self)),
        ("an item of \"windows\"", names(WindowKey.self)), ("\"escalate\"", names(EscalationKey.self)),
        ("\"overdue\"", names(OverdueKey.self)), ("\"cost\"", names(CostKey.self)),
        ("an item of \"summaries\"", names(SummaryKey.self)),
        ("an item of \"heartbeats\"", names(HeartbeatKey.self)), ("a hook", names(HookKey.self)),
        ("\"web\"", names(WebKey.self)), ("\"tls\"", names(WebTLSKey.self)),
    ]

    private static func names<Key: ConfigKey>(_ type: Key.Type) -> Set<String> {
        Set(Key.allCases.map(\.rawValue))
    }
}
