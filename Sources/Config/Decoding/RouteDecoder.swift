import Model

/// `routes`, and who gets the `summaries`.
///
/// A cluster that a route names and `clusters` does not have is a warning where no instance is searched for tasks, and
/// nothing at all where one is: discovery may bring it.
struct RouteDecoder {
    private let context: LoadContext
    private let targets: Set<String>
    /// Whether `targets` is an object or missing (`ObjectReader.hasTable`).
    private let targetsAreReadable: Bool
    /// Targets that keep incidents open themselves. They get neither reminders nor summaries.
    private let incidentTargets: Set<String>
    /// Ids and names.
    private let clusters: Set<String>
    private let discovers: Bool
    private let messageZone: String?

    init(context: LoadContext, root: ObjectReader<RootKey>, settings: Settings) {
        self.context = context
        targetsAreReadable = root.hasTable(.targets)
        targets = Set(settings.targets.map(\.name))
        incidentTargets = Set(settings.targets.filter(\.kind.rules.keepsIncidents).map(\.name))
        clusters = Set(settings.clusters.map(\.id.rawValue) + settings.clusters.compactMap(\.name))
        discovers = !settings.instances.isEmpty
        messageZone = settings.timeZone
    }

    func summaries(_ root: ObjectReader<RootKey>) -> [SummarySettings] {
        let summaries = root.read(.summaries) { value in
            value.list(#"[{"at": "09:00", "timezone": "Asia/Shanghai"}]"#) { item in
                let summary = item.summary(target: target, allTargets: targets.sorted(), messageZone: messageZone)
                if let summary, !context.hasMistakes, reachesNobody(summary.targets) {
                    context.warning(
                        item.path,
                        "is sent to nobody: targets of type pagerduty and alertmanager get no summaries; add another target"
                    )
                }
                return summary
            }
        }
        return summaries ?? []
    }

    private func reachesNobody(_ targets: some Collection<String>) -> Bool {
        !targets.isEmpty && targets.allSatisfy(incidentTargets.contains)
    }

    /// - Parameter summaries: a target that gets one is not without any message; PagerDuty and Alertmanager get none.
    func decode(_ root: ObjectReader<RootKey>, summaries: [SummarySettings]) -> [RouteSettings] {
        guard let value = root.value(.routes) else { return [RouteSettings()] }
        let reader = ValueReader(value: value, path: root.path(.routes), context: context)
        guard let routes = reader.list(#"[{"events": ["failed"], "targets": ["chat"]}]"#, route) else { return [] }
        if value.arrayValue?.isEmpty == true {
            context.warning(
                reader.path, "is an empty list: no target is notified; leave it out to notify every target")
        } else if !context.hasMistakes {
            warnAboutUnreached(routes, summaries, at: reader.path)
        }
        return routes
    }

    private func route(_ item: ValueReader) -> RouteSettings? {
        let example = #"{"events": ["failed"], "targets": ["chat"]}"#
        guard let reader = item.object(RouteKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let route = RouteSettings(
            events: reader.read(.events) { $0.filledList(#"["failed"]"#, event) }.map(Set.init),
            clusters: reader.read(.clusters) { $0.filledList(#"["pm-…", "nightly-*"]"#, cluster) },
            labels: reader.read(.labels) { $0.labels() } ?? [:],
            targets: reader.read(.targets) { $0.filledList(#"["chat"]"#, target) },
            hours: reader.read(.hours) { $0.hours(messageZone: messageZone) },
            remind: reader.read(.remind) { $0.duration() },
            escalate: reader.read(.escalate, escalation))
        if route.remind != nil, !context.hasMistakes, reachesNobody(route.targets ?? Array(targets)) {
            context.warning(
                reader.path(.remind),
                "has no effect: targets of type pagerduty and alertmanager get no reminders; add another target")
        }
        return route
    }

    private func escalation(_ value: ValueReader) -> EscalationSettings? {
        let example = #"{"after": "30m", "targets": ["oncall"]}"#
        guard let reader = value.object(EscalationKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let after = reader.require(.after, "write the time allowed for an acknowledgement, such as \"30m\"") {
            $0.duration()
        }
        let targets = reader.require(
            .targets, "write the targets that are notified if nobody acknowledges, such as [\"oncall\"]"
        ) {
            value in
            value.value.arrayValue?.isEmpty == true
                ? value.refuse("is an empty list; write at least one target") : value.list(#"["oncall"]"#, target)
        }
        guard let after, let targets else { return nil }
        return EscalationSettings(after: after, targets: targets)
    }

    private func event(_ value: ValueReader) -> EventKind? {
        guard let event = value.word(EventKind.self) else { return nil }
        let rule: String? =
            switch event {
            case .reminder: "the targets of a route with \"remind\""
            case .escalated: "the targets of \"escalate\""
            case .summary: "the targets of \"summaries\""
            default: nil
            }
        if let rule {
            context.warning(
                value.path,
                "\"\(event.rawValue)\" has no effect here: it always goes to \(rule)")
        }
        return event
    }

    private func target(_ value: ValueReader) -> String? {
        guard let name = value.text("write the name of one of \"targets\"") else { return nil }
        guard targets.contains(name) || !targetsAreReadable else {
            return value.refuse(
                "\(value.shown(name)) is not a target of this config"
                    + EntryNames.hint(name, of: targets, "the targets are"))
        }
        return name
    }

    private func cluster(_ value: ValueReader) -> String? {
        guard let pattern = value.text("write a task's id, its name or a pattern") else { return nil }
        guard !discovers, !clusters.contains(pattern) else { return pattern }
        if Glob.isPattern(pattern) {
            let glob = Glob(pattern)
            if !clusters.contains(where: glob.matches) {
                context.warning(
                    value.path, "no task of the config has an id or name that matches \(value.shown(pattern))")
            }
        } else {
            let hint = clusters.count <= 1000 ? NearestName.hint(pattern, among: clusters) : ""
            context.warning(value.path, "\(value.shown(pattern)) is not the id or name of a task of this config\(hint)")
        }
        return pattern
    }

    private func warnAboutUnreached(
        _ routes: [RouteSettings], _ summaries: [SummarySettings], at path: ConfigPath
    ) {
        guard routes.allSatisfy({ $0.targets != nil }) else { return }
        let reached =
            routes.flatMap { ($0.targets ?? []) + ($0.escalate?.targets ?? []) }
            + summaries.flatMap(\.targets).filter { !incidentTargets.contains($0) }
        for name in targets.subtracting(reached).sorted() {
            context.warning(path, "no route leads to the target \(JSONValueText.quote(name)): it is never notified")
        }
    }
}
