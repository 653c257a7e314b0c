import Model
import Testing

@testable import Notifying

struct RoutesTests {
    private let targets = Array(NotifyingSample.targets.prefix(3))

    private func routes(_ settings: RouteSettings..., firstSeen: Set<EventKind> = [.failed]) -> Notifier {
        Notifier(settings, targets: targets, firstSeenEvents: firstSeen)
    }

    @Test(arguments: EventKind.allCases)
    func `without routes every target hears the default events`(kind: EventKind) {
        let reported = routes().targets(for: NotifyingSample.event(kind))
        let closers: Set<EventKind> = [.restarted, .changed, .started]
        if kind.isOnByDefault {
            #expect(reported == ["chat", "hook", "pager"])
        } else {
            #expect(reported == (closers.contains(kind) ? ["pager"] : []))
        }
    }

    @Test func `what ended long before the first look wakes nobody, and is not kept from the others`() {
        var event = NotifyingSample.event(.failed, sighting: .firstSeen)
        event.endedLongAgo = true
        #expect(routes().targets(for: event) == ["chat", "hook"])
        #expect(routes(RouteSettings(events: [.failed], targets: ["pager"])).targets(for: event).isEmpty)
    }

    @Test func `every route that matches adds its targets, once`() {
        let routes = routes(
            RouteSettings(events: [.failed], targets: ["hook", "chat"]), RouteSettings(targets: ["hook"]))
        #expect(routes.targets(for: NotifyingSample.event(.failed)) == ["chat", "hook"])
        #expect(routes.targets(for: NotifyingSample.event(.completed)) == ["hook"])
    }

    @Test(arguments: [
        ("pm-2ze9examp1e00001", true), ("nightly", true), ("night*", true), ("pm-*1", true), ("n?ghtly", true),
        ("weekly", false), ("night", false), ("pm-*2", false), ("*", true), ("**y", true), ("?", false),
    ])
    func `clusters match by id, name or glob`(pattern: String, matches: Bool) {
        let reported = routes(RouteSettings(clusters: [pattern], targets: ["hook"])).targets(
            for: NotifyingSample.event(.failed))
        #expect(reported.isEmpty != matches)
    }

    @Test func `what reaches a target only as the end of its incidents is marked so`() {
        let notifier = routes(
            RouteSettings(events: [.failed], targets: ["pager"]),
            RouteSettings(events: [.restarted, .failed], targets: ["hook"]))
        func decided(_ kind: EventKind) -> [String: Bool] {
            let decisions = notifier.decide(
                NotifyingSample.event(kind, from: "FAILED"), at: Timestamp(milliseconds: 1_795_507_200_000))
            return Dictionary(decisions.map { ($0.target, $0.onlyCloses) }) { first, _ in first }
        }
        #expect(decided(.restarted) == ["hook": false, "pager": true])
        #expect(decided(.failed) == ["hook": false, "pager": false])
    }

    @Test func `an end goes to every service that keeps incidents, and says if no route leads there`() {
        let notifier = routes(RouteSettings(clusters: ["other"], targets: ["pager", "hook"]))
        func unrouted(_ event: Event) -> [String] {
            notifier.decide(event, at: event.observedAt).filter { $0.isUnrouted && $0.onlyCloses }.map(\.target)
        }
        for kind in [EventKind.completed, .restarted, .changed, .stallEnded] {
            #expect(unrouted(NotifyingSample.event(kind)) == ["pager"])
        }
        // Trouble opens an incident, whatever it ends.
        for kind in [EventKind.failed, .gone, .stalled, .overdue] {
            #expect(notifier.decide(NotifyingSample.event(kind), at: NotifyingSample.event(kind).observedAt).isEmpty)
        }
        // A target does not report to itself that it works again.
        #expect(unrouted(NotifyingSample.event(.targetRecovered, cluster: nil, target: "pager")).isEmpty)
        let routed = notifier.decide(
            Event(
                kind: .completed, cluster: ClusterID("other"), observedAt: NotifyingSample.event(.completed).observedAt),
            at: NotifyingSample.event(.completed).observedAt)
        #expect(routed.map(\.isUnrouted) == [false, false])
    }

    @Test func `all labels must be equal`() {
        let routes = routes(RouteSettings(labels: ["team": "nlp", "env": "prod"], targets: ["hook"]))
        #expect(routes.targets(for: NotifyingSample.event(.failed, labels: ["team": "nlp"])).isEmpty)
        #expect(routes.targets(for: NotifyingSample.event(.failed, labels: ["team": "nlp", "env": "dev"])).isEmpty)
        #expect(
            routes.targets(for: NotifyingSample.event(.failed, labels: ["team": "nlp", "env": "prod", "x": "y"])) == [
                "hook"
            ])
    }

    @Test func `a first answer fires only what first_seen_events names`() {
        let routes = routes(RouteSettings(events: Set(EventKind.allCases), targets: ["hook"]))
        #expect(routes.targets(for: NotifyingSample.event(.failed, sighting: .firstSeen)) == ["hook"])
        for kind in [EventKind.completed, .started, .changed] {
            #expect(routes.targets(for: NotifyingSample.event(kind, sighting: .firstSeen)).isEmpty)
            #expect(routes.targets(for: NotifyingSample.event(kind, sighting: .late)) == ["hook"])
        }
        #expect(routes.targets(for: NotifyingSample.event(.gone, sighting: .firstSeen)) == ["hook"])
        let all = Notifier([], targets: targets, firstSeenEvents: [.completed])
        #expect(all.targets(for: NotifyingSample.event(.completed, sighting: .firstSeen)) == ["chat", "hook", "pager"])
        #expect(all.targets(for: NotifyingSample.event(.failed, sighting: .firstSeen)).isEmpty)
    }

    @Test func `a settled cluster that goes is reported only where gone is named`() {
        let byDefault = routes()
        #expect(byDefault.targets(for: NotifyingSample.event(.gone)) == ["chat", "hook", "pager"])
        #expect(byDefault.targets(for: NotifyingSample.event(.gone, from: "COMPLETED")).isEmpty)
        let named = routes(RouteSettings(events: [.gone], targets: ["hook"]), RouteSettings())
        #expect(named.targets(for: NotifyingSample.event(.gone, from: "FAILED")) == ["hook"])
    }

    @Test func `an event of a whole account reaches routes without clusters, and else all that carry it`() {
        let event = NotifyingSample.event(.pollFailing, cluster: nil)
        let mixed = routes(
            RouteSettings(clusters: ["a*"], targets: ["hook"]), RouteSettings(targets: ["chat"]),
            RouteSettings(clusters: ["b?", "*"], targets: ["pager"]))
        #expect(mixed.targets(for: event) == ["chat", "pager"])
        let byCluster = routes(
            RouteSettings(clusters: ["a*"], targets: ["hook"]),
            RouteSettings(events: [.failed], clusters: ["b*"], targets: ["chat"]))
        #expect(byCluster.targets(for: event) == ["hook"])
    }

    @Test(arguments: [EventKind.targetFailing, .targetRecovered])
    func `a target is not reported of itself`(kind: EventKind) {
        let event = NotifyingSample.event(kind, cluster: nil, target: "chat")
        #expect(routes().targets(for: event) == ["hook", "pager"])
        let byCluster = routes(
            RouteSettings(targets: ["chat"]), RouteSettings(clusters: ["a*"], targets: ["hook"]))
        #expect(byCluster.targets(for: event) == ["hook"])
    }

    @Test(arguments: [EventKind.completed, .restarted])
    func `what closes an incident goes where the incident was opened`(kind: EventKind) {
        let failures = routes(RouteSettings(events: [.failed]))
        #expect(failures.targets(for: NotifyingSample.event(kind)) == ["pager"])
        let polling = routes(RouteSettings(events: [.pollFailing]))
        #expect(polling.targets(for: NotifyingSample.event(kind)).isEmpty)
        #expect(polling.targets(for: NotifyingSample.event(.pollRecovered)) == ["pager"])
    }
}

extension Notifier {
    fileprivate func targets(for event: Event) -> [String] {
        decide(event, at: event.observedAt).filter { !$0.isUnrouted }.map(\.target)
    }
}
