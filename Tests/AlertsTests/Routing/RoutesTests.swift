import Model
import Testing

@testable import Alerts

struct RoutesTests {
    private let targets = [
        RoutedTarget(name: "chat", kind: .dingtalk), RoutedTarget(name: "hook", kind: .webhook),
        RoutedTarget(name: "pager", kind: .pagerduty),
    ]

    private func routes(_ settings: RouteSettings..., firstSeen: Set<EventKind> = [.failed]) -> Routes {
        Routes(settings, targets: targets, firstSeenEvents: firstSeen)
    }

    @Test(arguments: EventKind.allCases)
    func `without routes every target hears the default events`(kind: EventKind) {
        let told = routes().targets(for: Sample.event(kind))
        let closers: Set<EventKind> = [.restarted, .changed, .started]
        if kind.isOnByDefault {
            #expect(told == ["chat", "hook", "pager"])
        } else {
            #expect(told == (closers.contains(kind) ? ["pager"] : []))
        }
    }

    @Test func `what ended long before the first look wakes nobody, and is not kept from the others`() {
        var event = Sample.event(.failed, sighting: .firstSeen)
        event.endedLongAgo = true
        #expect(routes().targets(for: event) == ["chat", "hook"])
        #expect(routes(RouteSettings(events: [.failed], targets: ["pager"])).targets(for: event).isEmpty)
    }

    private static let sequences: [(newestFirst: [EventKind], open: Set<EventKind>)] = [
        ([.failed], [.failed]), ([.completed, .failed], []), ([.restarted, .stalled, .failed], []),
        ([.stalled, .restarted], [.stalled]), ([.gone], [.gone]), ([.changed, .gone], []), ([], []),
    ]

    @Test(arguments: sequences)
    func `what is open follows from what was sent, newest first`(newestFirst: [EventKind], open: Set<EventKind>) {
        #expect(OpenTroubles.after(newestFirst.map { ($0, true) }) == open)
        // What never arrived neither opens nor closes anything.
        #expect(OpenTroubles.after([(.completed, false)] + newestFirst.map { ($0, true) }) == open)
        #expect(OpenTroubles.after(newestFirst.map { ($0, false) }).isEmpty)
    }

    @Test func `every route that matches adds its targets, once`() {
        let routes = routes(
            RouteSettings(events: [.failed], targets: ["hook", "chat"]), RouteSettings(targets: ["hook"]))
        #expect(routes.targets(for: Sample.event(.failed)) == ["chat", "hook"])
        #expect(routes.targets(for: Sample.event(.completed)) == ["hook"])
    }

    @Test(arguments: [
        ("pm-2ze9examp1e00001", true), ("nightly", true), ("night*", true), ("pm-*1", true), ("n?ghtly", true),
        ("weekly", false), ("night", false), ("pm-*2", false), ("*", true), ("**y", true), ("?", false),
    ])
    func `clusters match by id, name or glob`(pattern: String, matches: Bool) {
        let told = routes(RouteSettings(clusters: [pattern], targets: ["hook"])).targets(for: Sample.event(.failed))
        #expect(told.isEmpty != matches)
    }

    @Test func `all labels must be equal`() {
        let routes = routes(RouteSettings(labels: ["team": "nlp", "env": "prod"], targets: ["hook"]))
        #expect(routes.targets(for: Sample.event(.failed, labels: ["team": "nlp"])).isEmpty)
        #expect(routes.targets(for: Sample.event(.failed, labels: ["team": "nlp", "env": "dev"])).isEmpty)
        #expect(
            routes.targets(for: Sample.event(.failed, labels: ["team": "nlp", "env": "prod", "x": "y"])) == ["hook"])
    }

    @Test func `a first answer fires only what first_seen_events names`() {
        let routes = routes(RouteSettings(events: Set(EventKind.allCases), targets: ["hook"]))
        #expect(routes.targets(for: Sample.event(.failed, sighting: .firstSeen)) == ["hook"])
        for kind in [EventKind.completed, .started, .changed] {
            #expect(routes.targets(for: Sample.event(kind, sighting: .firstSeen)).isEmpty)
            #expect(routes.targets(for: Sample.event(kind, sighting: .late)) == ["hook"])
        }
        #expect(routes.targets(for: Sample.event(.gone, sighting: .firstSeen)) == ["hook"])
        let all = Routes([], targets: targets, firstSeenEvents: [.completed])
        #expect(all.targets(for: Sample.event(.completed, sighting: .firstSeen)) == ["chat", "hook", "pager"])
        #expect(all.targets(for: Sample.event(.failed, sighting: .firstSeen)).isEmpty)
    }

    @Test func `a settled cluster that goes is told only where gone is named`() {
        let byDefault = routes()
        #expect(byDefault.targets(for: Sample.event(.gone)) == ["chat", "hook", "pager"])
        #expect(byDefault.targets(for: Sample.event(.gone, from: "COMPLETED")).isEmpty)
        let named = routes(RouteSettings(events: [.gone], targets: ["hook"]), RouteSettings())
        #expect(named.targets(for: Sample.event(.gone, from: "FAILED")) == ["hook"])
    }

    @Test func `an event of a whole account reaches routes without clusters, and else all that carry it`() {
        let event = Sample.event(.pollFailing, cluster: nil)
        let mixed = routes(
            RouteSettings(clusters: ["a*"], targets: ["hook"]), RouteSettings(targets: ["chat"]))
        #expect(mixed.targets(for: event) == ["chat"])
        let byCluster = routes(
            RouteSettings(clusters: ["a*"], targets: ["hook"]),
            RouteSettings(events: [.failed], clusters: ["b*"], targets: ["chat"]))
        #expect(byCluster.targets(for: event) == ["hook"])
    }

    @Test(arguments: [EventKind.targetFailing, .targetRecovered])
    func `a target is not told of itself`(kind: EventKind) {
        let event = Sample.event(kind, cluster: nil, target: "chat")
        #expect(routes().targets(for: event) == ["hook", "pager"])
        let byCluster = routes(
            RouteSettings(targets: ["chat"]), RouteSettings(clusters: ["a*"], targets: ["hook"]))
        #expect(byCluster.targets(for: event) == ["hook"])
    }

    @Test(arguments: [EventKind.completed, .restarted])
    func `what closes an incident goes where the incident was opened`(kind: EventKind) {
        let failures = routes(RouteSettings(events: [.failed]))
        #expect(failures.targets(for: Sample.event(kind)) == ["pager"])
        let polling = routes(RouteSettings(events: [.pollFailing]))
        #expect(polling.targets(for: Sample.event(kind)).isEmpty)
        #expect(polling.targets(for: Sample.event(.pollRecovered)) == ["pager"])
    }
}
