package import Model

/// The targets there are, one for each kind.
package struct TargetRegistry: Sendable {
    /// A new service is one new file and one line here.
    package static let builtIn = TargetRegistry([
        Webhook(),
        SystemdTarget(),
        DingTalk(),
        Feishu(),
        WeCom(),
        Slack(),
        Teams(),
        Discord(),
        Telegram(),
        GoogleChat(),
        Mattermost(),
        Ntfy(),
        PagerDuty(),
        Alertmanager(),
        CloudMonitor(),
        Command(),
        Email(),
    ])

    private let targets: [any AlertTarget]

    package init(_ targets: [any AlertTarget]) {
        self.targets = targets
    }

    /// What a config may say of each kind.
    package var table: TargetTable { TargetTable(targets.map(\.kind)) }

    package var all: [any AlertTarget] { targets }

    /// The target of a kind. One that is not here gets nothing: its messages are refused with the reason.
    package func target(for kind: TargetKind) -> any AlertTarget {
        targets.first { $0.kind == kind } ?? MissingTarget(kind: kind)
    }

    /// A target as it is configured.
    func target(for settings: TargetSettings) -> any AlertTarget {
        target(for: settings.kind).configured(by: settings)
    }

    /// What the outbox needs to know of a configured target.
    ///
    /// - Parameter read: if a secret cannot be read, the target shares its limits with no other.
    package func plan(for settings: TargetSettings, read: SecretReader) -> TargetPlan {
        let manners = target(for: settings).manners
        let own = settings.rate.map { Pace($0, burstUpTo: manners.pace?.burst ?? .max) }
        return TargetPlan(
            name: settings.name, delivery: settings.delivery, concurrency: manners.concurrency,
            pace: own ?? manners.pace, throttlePauses: manners.throttlePauses, digestCapacity: manners.digestCapacity,
            groupCapacity: manners.digestCapacity ?? manners.groupCapacity, hasPlainForm: manners.hasPlainForm,
            avoidsHalfHours: manners.avoidsHalfHours, credential: CredentialFingerprint(settings, read: read),
            keepsIncidents: settings.kind.rules.keepsIncidents, settings: settings)
    }
}

/// Stands for a kind that a registry does not have.
private struct MissingTarget: AlertTarget {
    let kind: TargetKind
    let manners = Manners()

    private var reason: String {
        "this program has no target type \(kind), although the config was accepted; this is a bug in polarai-daemon; "
            + "please report it"
    }

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        throw TargetProblem(reason)
    }

    func judge(_ answer: Answer) -> Verdict {
        answer.verdict(.targetBroken, reason)
    }
}
