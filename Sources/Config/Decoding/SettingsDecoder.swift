import Model

/// The whole config: each part by its own decoder, then what only shows between the parts.
struct SettingsDecoder {
    let context: LoadContext

    static let wanted = #"an object such as {"api": {"region": "cn-beijing"}, "clusters": ["pm-…"]}"#

    /// Nil where the text holds no object at all; other mistakes are said and worked around.
    func decode(_ value: JSONValue) -> Settings? {
        guard
            let root = ObjectReader<RootKey>(
                value, at: context.root, in: context,
                wanted: Self.wanted)
        else { return nil }
        root.refuseUnknownKeys()
        _ = root.read(.schema) { $0.text() }

        var settings = Settings()
        let accounts = AccountDecoder(context: context).decode(root)
        settings.accounts = accounts.settings
        settings.overdue = root.read(.overdue) { OverdueDecoder().decode($0) } ?? settings.overdue
        settings.cost = root.read(.cost) { OverdueDecoder().cost($0) } ?? settings.cost
        let clusters = ClusterDecoder(context: context, accounts: accounts, overdue: settings.overdue)
        settings.clusters = clusters.clusters(root)
        settings.instances = clusters.instances(root)
        accounts.reportMissingRegions(in: context)
        if settings.clusters.isEmpty, settings.instances.isEmpty, !context.hasMistakes {
            context.warning(
                context.root.key(RootKey.clusters.rawValue),
                "is empty and there are no instances: nothing is watched; add the id of a task, such as \"pm-…\"")
        }

        settings.schedule = schedule(root)
        settings.delivery = root.read(.delivery) { delivery($0) } ?? settings.delivery
        settings.language = root.read(.language) { $0.word(Language.self) } ?? settings.language
        settings.timeZone = root.read(.timezone) { $0.timeZone() }.flatMap { $0 == TimeZoneRules.utc.name ? nil : $0 }
        settings.hooks = root.read(.hooks) { HookDecoder().decode($0) } ?? []
        let hooks = Hooks(
            settings: settings.hooks, names: Set((root.value(.hooks)?.objectValue ?? [:]).keys),
            areReadable: root.hasTable(.hooks))
        settings.targets = TargetDecoder(
            context: context, delivery: settings.delivery, language: settings.language, timeZone: settings.timeZone,
            accounts: accounts, hooks: hooks
        ).decode(root)
        let routes = RouteDecoder(context: context, root: root, settings: settings)
        settings.summaries = routes.summaries(root)
        settings.routes = routes.decode(root, summaries: settings.summaries)
        settings.heartbeats = root.read(.heartbeats) { HeartbeatDecoder().decode($0) } ?? []
        settings.web = root.read(.web) { WebDecoder(context: context).decode($0) } ?? settings.web
        settings.firstSeenEvents = root.read(.firstSeenEvents) { firstSeenEvents($0) } ?? settings.firstSeenEvents
        settings.storage = StorageDecoder(context: context).decode(root)
        settings.log = log(root)
        return settings
    }

    private func schedule(_ root: ObjectReader<RootKey>) -> ScheduleSettings {
        var schedule = ScheduleSettings()
        let reader = root.read(.schedule) { $0.object(ScheduleKey.self, example: #"{"running": "30s"}"#) }
        guard let reader else { return schedule }
        reader.refuseUnknownKeys()
        schedule.running = reader.read(.running) { $0.pollInterval() } ?? schedule.running
        schedule.settled = reader.read(.settled) { $0.pollInterval() } ?? schedule.settled
        schedule.jitter = reader.read(.jitter) { $0.number(in: 0...0.9) } ?? schedule.jitter
        schedule.failingAfter = reader.read(.failingAfter) { $0.duration() } ?? schedule.failingAfter
        schedule.adaptive = reader.read(.adaptive) { $0.flag() } ?? schedule.adaptive
        if let stallAfter = reader.read(.stallAfter, { $0.durationOrOff() }) { schedule.stallAfter = stallAfter }
        return schedule
    }

    private func delivery(_ value: ValueReader) -> DeliverySettings? {
        guard let reader = value.object(DeliveryKey.self, example: #"{"give_up_after": "72h"}"#) else { return nil }
        reader.refuseUnknownKeys()
        var delivery = DeliverySettings()
        delivery.retry = reader.read(.retry) { $0.retryList() } ?? delivery.retry
        delivery.giveUpAfter = reader.read(.giveUpAfter) { $0.duration() } ?? delivery.giveUpAfter
        return delivery
    }

    private func firstSeenEvents(_ value: ValueReader) -> Set<EventKind>? {
        let possible = EventKind.allCases.filter(\.isStatusChange).map(\.rawValue).joined(separator: ", ")
        let events = value.list(#"["failed"]"#) { item -> EventKind? in
            guard let event = item.word(EventKind.self) else { return nil }
            guard event.isStatusChange else {
                return item.refuse(
                    "\"\(event.rawValue)\" cannot be the first event of a task; the possible ones are \(possible)"
                )
            }
            return event
        }
        return events.map(Set.init)
    }

    private func log(_ root: ObjectReader<RootKey>) -> LogSettings {
        var log = LogSettings()
        guard let reader = root.read(.log, { $0.object(LogKey.self, example: #"{"level": "info"}"#) }) else {
            return log
        }
        reader.refuseUnknownKeys()
        log.level = reader.read(.level) { $0.word(LogLevel.self) } ?? log.level
        return log
    }
}

extension ValueReader {
    /// The waits between attempts: at least one.
    func retryList() -> [Duration]? {
        let waits = list(#"["5s", "30s", "2m"]"#) { $0.duration() }
        guard value.arrayValue?.isEmpty == true else { return waits }
        return refuse(#"is an empty list; write at least one wait, such as ["30s"]"#)
    }
}
