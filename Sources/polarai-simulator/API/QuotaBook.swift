import Model

/// Counts calls per window, account and action: how real throttling comes about.
struct QuotaBook: Sendable {
    private struct Key: Hashable {
        let rule: Int
        let account: String
    }

    private struct Window {
        var began: Timestamp
        var calls = 0
    }

    var rules: [QuotaRule]
    private var windows: [Key: Window] = [:]

    init(rules: [QuotaRule]) {
        self.rules = rules
    }

    enum Verdict {
        case allowed
        /// What is left of the window, if the rule gives it.
        case refused(retryAfter: Duration?)
    }

    /// Refused calls do not count.
    mutating func take(action: String, account: String, now: Timestamp) -> Verdict {
        let matching = rules.indices.filter { rules[$0].action == nil || rules[$0].action == action }
        for index in matching {
            let key = Key(rule: index, account: account)
            if let window = windows[key], now.since(window.began) < rules[index].per {
                guard window.calls < rules[index].calls else {
                    let rest = rules[index].per - now.since(window.began)
                    return .refused(retryAfter: rules[index].tellsRetryAfter ? rest : nil)
                }
            } else {
                windows[key] = Window(began: now)
            }
        }
        for index in matching { windows[Key(rule: index, account: account)]?.calls += 1 }
        return .allowed
    }
}
