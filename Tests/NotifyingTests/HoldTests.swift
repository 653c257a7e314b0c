import Model
import TestSupport
import Testing

@testable import Notifying

/// Silences and hours: what is held, until when, and why.
struct HoldTests {
    private let noon = Timestamp(milliseconds: 1_795_521_600_000)  // 2026-11-24T12:00:00Z, a Tuesday

    private func decisions(
        _ notifier: Notifier, _ event: Event, _ silences: Silence..., at now: Timestamp
    ) -> [String: AlertDisposition] {
        let decided = notifier.decide(event, silences: Silences(silences), at: now)
        return Dictionary(uniqueKeysWithValues: decided.map { ($0.target, $0.disposition) })
    }

    @Test func `a silence holds what it matches, until it ends, and never the journal`() {
        let end = noon.after(.seconds(3600))
        let silence = NotifyingSample.silence(
            3, SilenceMatchers(clusters: ["night*"], targets: ["chat", "journal"]), from: noon, to: end)
        let decided = decisions(NotifyingSample.notifier(), NotifyingSample.event(.failed), silence, at: noon)
        #expect(decided["chat"] == .held(Hold(until: end, reasons: [.silence(id: 3, comment: "c3")])))
        #expect(decided["hook"] == .pending)
        #expect(decided["journal"] == .pending)
        let later = decisions(NotifyingSample.notifier(), NotifyingSample.event(.failed), silence, at: end)
        #expect(later["chat"] == .pending)
    }

    @Test(arguments: [
        (SilenceMatchers(), true), (SilenceMatchers(clusters: ["pm-2ze9examp1e00001"]), true),
        (SilenceMatchers(clusters: ["weekly", "n?ghtly"]), true), (SilenceMatchers(clusters: ["weekly"]), false),
        (SilenceMatchers(labels: [.init(key: "team", value: "nlp")]), true),
        (SilenceMatchers(labels: [.init(key: "team", value: "cv"), .init(key: "team", value: "nlp")]), true),
        (SilenceMatchers(labels: [.init(key: "team", value: "cv")]), false),
        (SilenceMatchers(events: [.stalled]), false), (SilenceMatchers(events: [.stalled, .failed]), true),
        (SilenceMatchers(clusters: ["nightly"], events: [.stalled]), false),
        (SilenceMatchers(clusters: ["nightly"], targets: ["hook"]), false),
        (SilenceMatchers(clusters: ["nightly"], targets: ["hook", "chat"]), true),
    ])
    func `values of one kind are alternatives, and different kinds must all match`(
        matchers: SilenceMatchers, isHeld: Bool
    ) {
        let silence = NotifyingSample.silence(1, matchers, from: noon, to: noon.after(.seconds(60)))
        let event = NotifyingSample.event(.failed, labels: ["team": "nlp"])
        let chat = decisions(NotifyingSample.notifier(), event, silence, at: noon)["chat"]
        #expect((chat != .pending) == isHeld)
    }

    @Test func `a silence that drops suppresses at once, and nothing that was held before it`() {
        let silence = NotifyingSample.silence(from: noon, to: noon.after(.seconds(60)), drops: true)
        let event = NotifyingSample.event(.failed)
        let decided = decisions(NotifyingSample.notifier(), event, silence, at: noon)
        #expect(decided["chat"] == .suppressed(reason: "suppressed by silence 1: c1"))
        #expect(
            NotifyingSample.notifier().recheck(event, target: "chat", silences: Silences([silence]), at: noon)
                == .pending)
    }

    @Test func `with several holds it waits for the last one, and all are named`() throws {
        // Until 03:00 by a silence, then until the hours open at 09:00; a second silence runs on until 10:00.
        let night = try NotifyingSample.time("2026-11-24T22:00:00Z")
        let notifier = NotifyingSample.notifier(RouteSettings(hours: try NotifyingSample.hours("09:00", "18:00")))
        let first = NotifyingSample.silence(1, from: noon, to: try NotifyingSample.time("2026-11-25T03:00:00Z"))
        let second = NotifyingSample.silence(2, from: noon, to: try NotifyingSample.time("2026-11-25T10:00:00Z"))
        let event = NotifyingSample.event(.failed)
        let one = decisions(notifier, event, first, at: night)["chat"]
        #expect(
            one
                == .held(
                    Hold(
                        until: try NotifyingSample.time("2026-11-25T09:00:00Z"),
                        reasons: [.silence(id: 1, comment: "c1"), .hours(route: 0)])))
        let both = decisions(notifier, event, first, second, at: night)["chat"]
        guard case .held(let hold)? = both else {
            Issue.record("\(String(describing: both))")
            return
        }
        #expect(hold.until == (try NotifyingSample.time("2026-11-25T10:00:00Z")))
        #expect(hold.reasons.count == 3)
        // A silence by day that ends after closing goes on until the hours open.
        let evening = NotifyingSample.silence(4, from: noon, to: try NotifyingSample.time("2026-11-24T20:00:00Z"))
        guard case .held(let over)? = decisions(notifier, event, evening, at: noon)["chat"] else {
            Issue.record("it is held")
            return
        }
        #expect(over.until == (try NotifyingSample.time("2026-11-25T09:00:00Z")))
        #expect(over.reasons == [.silence(id: 4, comment: "c4"), .hours(route: 0)])
    }

    @Test func `a target that two routes reach is held only if both are closed, until the first opens`() throws {
        let day = RouteSettings(targets: ["chat"], hours: try NotifyingSample.hours("09:00", "18:00"))
        let early = RouteSettings(targets: ["chat"], hours: try NotifyingSample.hours("06:00", "10:00"))
        let always = RouteSettings(events: [.failed], targets: ["chat"])
        let night = try NotifyingSample.time("2026-11-24T22:00:00Z")
        #expect(
            decisions(NotifyingSample.notifier(day, early), NotifyingSample.event(.failed), at: night)["chat"]
                == .held(
                    Hold(
                        until: try NotifyingSample.time("2026-11-25T06:00:00Z"),
                        reasons: [.hours(route: 0), .hours(route: 1)])))
        let mixed = NotifyingSample.notifier(day, always)
        #expect(decisions(mixed, NotifyingSample.event(.failed), at: night)["chat"] == .pending)
        #expect(decisions(mixed, NotifyingSample.event(.completed), at: night)["chat"] != .pending)
    }

    @Test func `hours that were taken out release, and a silence that was ended, too`() throws {
        let night = try NotifyingSample.time("2026-11-24T22:00:00Z")
        let event = NotifyingSample.event(.failed)
        let hours = NotifyingSample.notifier(RouteSettings(hours: try NotifyingSample.hours("09:00", "18:00")))
        #expect(hours.recheck(event, target: "chat", silences: Silences(), at: night) != .pending)
        #expect(NotifyingSample.notifier().recheck(event, target: "chat", silences: Silences(), at: night) == .pending)
        #expect(hours.recheck(event, target: "gone", silences: Silences(), at: night) == nil)
    }

    @Test func `what closes an incident says so, unless it is trouble itself`() {
        func closing(_ kind: EventKind) -> [String] {
            NotifyingSample.notifier().decide(NotifyingSample.event(kind), at: noon).filter(\.closesIncident)
                .map(\.target)
        }
        for kind in [EventKind.restarted, .completed, .pollRecovered, .stallEnded] {
            #expect(closing(kind) == ["pager"])
        }
        for kind in [EventKind.failed, .stalled, .gone, .overdue] { #expect(closing(kind).isEmpty) }
    }

    @Test func `a service that an event is escalated to hears what ends it`() {
        let notifier = NotifyingSample.notifier(
            RouteSettings(
                events: [.failed], targets: ["chat"],
                escalate: EscalationSettings(after: .seconds(60), targets: ["pager"])))
        #expect(notifier.decide(NotifyingSample.event(.restarted), at: noon).map(\.target) == ["pager"])
        #expect(notifier.decide(NotifyingSample.event(.failed), at: noon).map(\.target) == ["chat"])
        let recovered = notifier.decide(NotifyingSample.event(.pollRecovered), at: noon)
        #expect(recovered.filter { !$0.isUnrouted }.isEmpty)
    }

    /// Whatever the silences and hours: an alert is held until a time at which nothing holds it, and not a moment longer
    /// than something does.
    @Test(arguments: 0..<200) func `a hold ends when the last one does`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let silences = (0..<Int.random(in: 0...4, using: &random)).map { id in
            let start = noon.after(.seconds(Int64.random(in: -50_000...0, using: &random)))
            return NotifyingSample.silence(
                Int64(id), from: start, to: start.after(.seconds(Int64.random(in: 1...200_000, using: &random))))
        }
        let open = Int.random(in: 0...23, using: &random)
        let close = Int.random(in: 0...23, using: &random)
        func text(_ hour: Int) -> String { (hour < 10 ? "0" : "") + "\(hour):00" }
        let days = ["mon-fri", "sat,sun", "tue", "mon-sun"].randomElement(using: &random) ?? "tue"
        let notifier = NotifyingSample.notifier(
            RouteSettings(targets: ["chat"], hours: try NotifyingSample.hours(text(open), text(close), days: days)))
        let event = NotifyingSample.event(.failed)
        let all = Silences(silences)
        let decided = try #require(notifier.decide(event, silences: all, at: noon).first).disposition
        guard case .held(let hold) = decided else {
            #expect(decided == .pending)
            #expect(notifier.recheck(event, target: "chat", silences: all, at: noon) == .pending)
            return
        }
        #expect(hold.until > noon)
        #expect(!hold.reasons.isEmpty)
        #expect(notifier.recheck(event, target: "chat", silences: all, at: hold.until) == .pending)
        for _ in 0..<20 {
            let moment = noon.after(
                .milliseconds(Int64.random(in: 0..<hold.until.since(noon).wholeMilliseconds, using: &random)))
            #expect(notifier.recheck(event, target: "chat", silences: all, at: moment) != .pending)
        }
    }
}
