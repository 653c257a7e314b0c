import Model

/// What a host writes for the others about something in an account and region: `task pm-… default/cn-beijing`.
struct ScopedWord {
    let id: String
    let scope: AccountRegion

    init(id: String, scope: AccountRegion) {
        self.id = id
        self.scope = scope
    }

    /// - Parameter kind: what the word is about, for example `task`.
    /// - Returns: nil if it is about something else.
    init?(_ text: String, of kind: String) {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == kind, case .scope(let scope)? = Share(name: "scope \(parts[2])") else {
            return nil
        }
        self.init(id: String(parts[1]), scope: scope)
    }

    func text(of kind: String) -> String { "\(kind) \(id) \(scope.account)/\(scope.region)" }
}
