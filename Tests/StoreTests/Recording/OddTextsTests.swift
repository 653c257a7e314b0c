import Model
import Testing

@testable import Store

/// Texts from outside that SQLite, or a rule of the schema, does not take as they are.
@Suite(.onBothEngines)
struct OddTextsTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test
    func `a NUL in an id names another cluster, not the one before it`() throws {
        var good = ClusterRecord(id: ClusterID("pm-7"), scope: StoreFixture.scope)
        good.status = .activation
        var odd = ClusterRecord(id: ClusterID("pm-7\0gone"), scope: StoreFixture.scope)
        odd.status = .failed
        _ = try store.record(Recording(clusters: [good, odd]), at: StoreFixture.start)
        #expect(try store.loadClusters([ClusterID("pm-7")]).map(\.status) == [.activation])
        #expect(try store.loadClusters([odd.id]).map(\.status) == [.failed])
    }

    @Test
    func `no stored text holds a NUL, whichever it is`() throws {
        let odd = "a\0b"
        let id = ClusterID("pm-\0")
        var event = StoreFixture.event(.failed)
        event.cluster = id
        event.name = odd
        event.account = odd
        event.region = odd
        event.from = ClusterStatus(odd)
        event.to = ClusterStatus(odd)
        event.requestID = odd
        event.detail = odd
        event.logLines = [odd]
        event.labels = [odd: odd]
        event.facts.description = odd
        event.facts.modelPaths = [odd]
        var cluster = ClusterRecord(id: id, name: odd, scope: AccountRegion(account: odd, region: odd), instance: odd)
        cluster.status = ClusterStatus(odd)
        cluster.lastError = odd
        cluster.facts = event.facts
        let recording = Recording(
            events: [RoutedEvent(event: event, targets: [odd])], clusters: [cluster],
            answers: [AnswerRecord(cluster: id, observedAt: StoreFixture.start, requestID: odd, body: [0, 1])],
            pollTimes: [PollTimes(cluster: id, lastGoodAt: nil, lastPollAt: nil, nextPollAt: nil, lastError: odd)],
            scopes: [ScopeRecord(scope: cluster.scope, failingSince: StoreFixture.start)],
            progress: [ProgressUpdate(record: ProgressRecord(cluster: id))])
        _ = try store.record(recording, at: StoreFixture.start)
        let due = try store.dueAlerts(for: odd, at: StoreFixture.time(1), limit: 9)
        #expect(due.map(\.event.event.name) == ["a\u{FFFD}b"])
        var target = TargetRecord(name: odd)
        target.trouble = odd
        let attempt = AttemptRecord(
            startedAt: StoreFixture.start, duration: .zero,
            verdict: Verdict(.messageRefused, code: odd, reason: odd, answer: odd))
        try store.settle(
            [Settlement(alert: AlertKey(seq: 1, target: odd), state: .dead, attempt: attempt)], targets: [target],
            at: StoreFixture.start)
        #expect(try store.change(.retry, target: odd, at: 2).changedCount == 1)
        try expectNoNUL()
    }

    private func expectNoNUL() throws {
        try fixture.outside().read { session in
            var looked = 0
            for (table, columns) in Self.texts {
                for column in columns {
                    for text in try session.texts("SELECT \(column) FROM \(table) WHERE \(column) IS NOT NULL") {
                        looked += 1
                        #expect(!text.utf8.contains(0) && !text.contains("\\u0000"), "\(table).\(column)")
                    }
                }
            }
            #expect(looked > 30)
        }
    }

    private static let texts: KeyValuePairs = [
        "clusters": [
            "id", "name", "account", "region", "instance", "status", "last_error", "description", "model_paths",
        ],
        "events": [
            "event", "cluster", "name", "account", "region", "from_status", "to_status", "request_id", "details",
        ],
        "outbox": ["target", "line", "state", "last_code", "last_error"],
        "attempts": ["target", "outcome", "code", "reason", "answer"],
        "targets": ["name", "trouble"],
        "answers": ["cluster", "request_id"],
        "scopes": ["account", "region"],
        "progress": ["cluster"],
    ]

    @Test
    func `what the schema does not take of one cluster keeps nothing else from being stored`() throws {
        let nobody = ClusterRecord(id: ClusterID(""), scope: StoreFixture.scope)
        let good = ["pm-1", "pm-2"].map { ClusterRecord(id: ClusterID($0), scope: StoreFixture.scope) }
        let events = ["pm-1", "", "pm-2"].map {
            RoutedEvent(event: StoreFixture.event(of: $0), targets: ["chat"])
        }
        let recording = Recording(events: events, clusters: [good[0], nobody, good[1]])
        #expect(throws: StoreError.self) { try store.record(recording, at: StoreFixture.start) }
        #expect(try store.alertCounts().pending == 0)

        let recorded = try store.recordWhatIsAccepted(recording, at: StoreFixture.start)
        #expect(recorded.events.map(\.event.cluster?.rawValue) == ["pm-1", "pm-2"])
        #expect(recorded.events.map(\.seq) == [1, 2])
        #expect(recorded.recording.events.map(\.event.cluster?.rawValue) == ["pm-1", "pm-2"])
        #expect(Array(recorded.refused.keys) == [ClusterID("")])
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-1", "pm-2"])
        #expect(try store.alertCounts() == store.read { try EventStore.countAlerts(in: $0) })
    }

    @Test
    func `a loss that is not a number is not a loss, and equals itself`() {
        for loss in [Double.nan, .infinity, -.infinity] {
            let point = CurvePoint(at: StoreFixture.start, step: 1, loss: loss)
            #expect(point.loss == nil)
            #expect(point == CurvePoint(at: StoreFixture.start, step: 1, loss: loss))
        }
        #expect(CurvePoint(at: StoreFixture.start, step: 1, loss: -1.5).loss == -1.5)
    }
}
