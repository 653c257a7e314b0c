import Alerts
import Model
import TestSupport
import Testing

/// Everything that the daemon can say, at every stand-in: none may find a fault with it.
struct TargetMessageTests {
    /// A task whose every text is as long and as awkward as people make it.
    private static func awkward(_ kind: EventKind, seq: Int64) -> StoredEvent {
        let words = #"<b>训练</b> & *бой* _x_ `y` @everyone @all [l](http://e.x) | ~z~ "q" \ 🚀"#
        let time = SystemTime.now
        let facts = TaskFacts(
            description: String(repeating: words, count: 40), createdAt: time,
            startedAt: time.advanced(by: .seconds(-5400)),
            completedAt: time, baseModel: words, trainMode: "stf", trainType: words,
            modelPaths: (0..<100).map { "/models_train/pm-2ze9examp1e00001/<合并>_checkpoint-\($0)" })
        let event = Event(
            kind: kind, cluster: ClusterID("pm-2ze9examp1e00001"), name: String(repeating: words, count: 10),
            account: "default", region: "cn-beijing", labels: ["team": words, "9-strange.key": "x"], from: .activation,
            to: kind == .failed ? .failed : .completed, observedAt: time, notBefore: time, requestID: "R", facts: facts,
            logLines: (0..<20).map { "\($0) " + String(repeating: words, count: 4) },
            detail: String(repeating: words, count: 20))
        return StoredEvent(seq: seq, id: "k3v9x2ab-\(seq)", event: event)
    }

    private func expectAccepted(_ verdict: Verdict?, _ fixture: TargetFixture, _ what: String) async throws {
        let isTaken = verdict.map { $0.outcome == .delivered || $0.outcome == .accepted } ?? false
        #expect(isTaken, "\(what): \(verdict?.reason ?? "-") \(verdict?.answer ?? "-")")
        for delivery in try await fixture.simulator.deliveries() where delivery["verdict"] != .string("accepted") {
            Issue.record("\(what): \(delivery["verdict"]?.stringValue ?? "-")")
        }
        try await fixture.simulator.client.json("DELETE", "/_control/deliveries")
    }

    @Test func `each event, in both languages, rich and plain`() async throws {
        let fixture = try await TargetFixture()
        for kind in TargetFixture.services {
            for event in EventKind.allCases {
                for language in Language.allCases {
                    let test = TestAlert.event(event, for: TargetSettings(name: "t", kind: kind), at: SystemTime.now)
                    for (message, name) in [(test, "test"), (Self.awkward(event, seq: 17), "awkward")] {
                        for isPlain in [false, true] {
                            let verdict = await fixture.send(
                                .alert(message), to: kind, asPlainText: isPlain, language: language)
                            try await expectAccepted(
                                verdict, fixture,
                                "\(kind) \(event) \(language) \(name) \(isPlain ? "plain" : "rich")")
                        }
                    }
                }
            }
        }
    }

    @Test func `a digest of many events`() async throws {
        let fixture = try await TargetFixture()
        for kind in TargetFixture.services {
            // Those without one hold states, of which each is reported by itself.
            guard let capacity = TargetRegistry.builtIn.target(for: kind).manners.digestCapacity else { continue }
            let events = (1...max(2, capacity)).map { Self.awkward($0 % 3 == 0 ? .failed : .completed, seq: Int64($0)) }
            for isPlain in [false, true] {
                let verdict = await fixture.send(.digest(Digest(events)), to: kind, asPlainText: isPlain)
                try await expectAccepted(verdict, fixture, "\(kind) digest \(isPlain ? "plain" : "rich")")
            }
        }
    }
}
