/// Who has a mail already, and who was refused for good, so that a repeat goes to the others alone.
package struct MailProgress: Hashable, Sendable {
    /// Addresses for which the server has taken the mail.
    package var accepted: Set<String>
    /// What the server said of those that it refused, by address.
    package var refused: [String: String]

    package init(accepted: Set<String> = [], refused: [String: String] = [:]) {
        self.accepted = accepted
        self.refused = refused
    }

    package var isEmpty: Bool { accepted.isEmpty && refused.isEmpty }

    /// Whom to send to: those of whom nothing is known, else, when an operator tries again, those that were refused.
    package func remaining(of all: [String]) -> [String] {
        let waiting = all.filter { !accepted.contains($0) && refused[$0] == nil }
        return waiting.isEmpty ? all.filter { !accepted.contains($0) } : waiting
    }

    /// What holds for each of several alerts that go out in one mail.
    package static func common(_ all: [MailProgress]) -> MailProgress {
        guard var common = all.first else { return MailProgress() }
        for other in all.dropFirst() {
            common.accepted.formIntersection(other.accepted)
            common.refused = common.refused.filter { other.refused[$0.key] != nil }
        }
        return common
    }
}
