import Model

/// `heartbeats`.
struct HeartbeatDecoder {
    func decode(_ value: ValueReader) -> [HeartbeatSettings]? {
        value.list(#"[{"url": "https://hc-ping.com/…", "type": "healthchecks"}]"#, heartbeat)
    }

    private func heartbeat(_ value: ValueReader) -> HeartbeatSettings? {
        let example = #"{"url": "https://hc-ping.com/…", "every": "1m", "type": "healthchecks"}"#
        guard let reader = value.object(HeartbeatKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let url = reader.require(.url, "write the address that your monitoring service shows for the check") {
            $0.url()
        }
        let every = reader.read(.every) { $0.duration() } ?? .seconds(60)
        let kind = reader.read(.type) { $0.word(HeartbeatSettings.Kind.self, aliases: Self.aliases) } ?? .plain
        let isOfEachHost = reader.read(.eachHost) { $0.flag() } ?? false
        return url.map {
            HeartbeatSettings(url: $0.secret, every: every, kind: kind, isOfEachHost: isOfEachHost)
        }
    }

    /// The services that people name where the type of their address is asked for.
    private static let aliases: [String: HeartbeatSettings.Kind] = [
        "healthcheck": .healthchecks, "healthchecks.io": .healthchecks, "hc": .healthchecks, "kuma": .push,
        "uptime-kuma": .push, "uptime_kuma": .push, "get": .plain, "cronitor": .plain, "deadmanssnitch": .plain,
    ]
}
