import Config
package import Model

/// All of `heartbeats`, each by itself: one that hangs delays no other, and nothing else.
package struct HeartbeatService: Sendable {
    private let health: ServiceHealth
    private let parts: HeartbeatParts
    private let configs: AsyncStream<[HeartbeatSettings]>
    private let config: AsyncStream<[HeartbeatSettings]>.Continuation

    package init(_ settings: [HeartbeatSettings], health: ServiceHealth, parts: HeartbeatParts) {
        self.health = health
        self.parts = parts
        (configs, config) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        config.yield(settings)
    }

    /// Those that stay as they are go on; the others end or begin.
    package func reload(_ settings: [HeartbeatSettings]) {
        config.yield(settings)
    }

    /// Runs until the task is cancelled. To be called once.
    package func run() async {
        var senders: [HeartbeatKey: Task<Void, Never>] = [:]
        for await settings in configs {
            let wanted = settings.enumerated().map { HeartbeatKey(place: $0.offset, settings: $0.element) }
            for (key, sender) in senders where !wanted.contains(key) {
                sender.cancel()
                senders[key] = nil
            }
            for key in wanted where senders[key] == nil {
                let sender = HeartbeatSender(
                    name: "heartbeats[\(key.place)]", settings: key.settings, health: health, parts: parts)
                senders[key] = Task { await sender.run() }
            }
        }
        for sender in senders.values { sender.cancel() }
    }
}

extension HeartbeatService {
    init(
        _ settings: [HeartbeatSettings], parts: SharedParts, heartbeats: Heartbeats, answers: APIAnswers,
        store: any StoreAccess, isPolling: @escaping @Sendable () -> Bool = { true }
    ) {
        self.init(
            settings,
            health: ServiceHealth(
                heartbeats: heartbeats, answers: answers, store: store, clock: parts.clock, isPolling: isPolling),
            parts: HeartbeatParts(
                client: parts.alertHTTP, read: SecretReading(environment: parts.environment).reader, answers: answers,
                announcer: parts.announcer, clock: parts.clock))
    }
}

private struct HeartbeatKey: Hashable {
    let place: Int
    let settings: HeartbeatSettings
}
