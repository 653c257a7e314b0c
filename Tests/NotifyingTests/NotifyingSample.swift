import Model
import Testing

@testable import Notifying

/// Short ways to say what a rule is about.
enum NotifyingSample {
    static let cluster = ClusterID("pm-2ze9examp1e00001")
    private static let chat = TargetKind("chat", TargetRules(keys: ["url"]))
    private static let pager = TargetKind("pager", TargetRules(keys: ["url"], keepsIncidents: true))
    static let targets = [
        RoutedTarget(name: "chat", kind: chat), RoutedTarget(name: "hook", kind: .webhook),
        RoutedTarget(name: "pager", kind: pager), RoutedTarget(name: "journal", kind: .systemd),
    ]

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    static func event(
        _ kind: EventKind, cluster: ClusterID? = NotifyingSample.cluster, name: String? = "nightly",
        from: String? = "ACTIVATION", labels: [String: String] = [:], target: String? = nil,
        sighting: Sighting = .observed, at time: Timestamp = Timestamp(milliseconds: 1_795_507_200_000)
    ) -> Event {
        Event(
            kind: kind, cluster: cluster, name: cluster == nil ? nil : name, account: target == nil ? "default" : nil,
            region: target == nil ? "cn-beijing" : nil, labels: labels, from: from.map { ClusterStatus($0) },
            sighting: sighting, observedAt: time, target: target)
    }

    static func hours(_ from: String, _ to: String, days: String = "mon-sun", zone: TimeZoneRules = .utc) throws
        -> WeeklyHours
    {
        WeeklyHours(
            zone: zone,
            windows: [
                .init(
                    days: try #require(WeekDays(days)), from: try #require(TimeOfDay(from)),
                    to: try #require(TimeOfDay(to)))
            ])
    }

    static func silence(
        _ id: Int64 = 1, _ matchers: SilenceMatchers = SilenceMatchers(), from: Timestamp, to: Timestamp,
        drops: Bool = false
    ) -> Silence {
        Silence(
            id: id, matchers: matchers, startsAt: from, endsAt: to, comment: "c\(id)", author: "li", drops: drops)
    }

    static func notifier(_ routes: RouteSettings..., summaries: [SummarySettings] = []) -> Notifier {
        Notifier(routes, targets: targets, firstSeenEvents: [.failed], summaries: summaries)
    }

    static func open(_ event: Event, seq: Int64 = 7, acknowledged: Bool = false, escalatedTo: Set<String> = [])
        -> OpenEvent
    {
        OpenEvent(
            event: StoredEvent(seq: seq, id: "k3v9x2ab-\(seq)", event: event),
            acknowledgement: acknowledged ? Acknowledgement(at: event.observedAt, author: "li") : nil,
            escalatedTo: escalatedTo)
    }
}

extension Timestamp {
    func after(_ duration: Duration) -> Timestamp { advanced(by: duration) }
}
