import HTTPTransport
import Model
import Testing

@testable import Alerts

/// As many alerts as one message of a service may report: what it does not name is reported nowhere.
struct FullDigestTests {
    static let kinds = TargetSample.kinds.filter { ![.webhook, .command].contains($0) }
    static let events: [EventKind] = [.escalated, .overdue, .changed, .pollFailing, .targetFailing, .failed]

    @Test(arguments: kinds, events)
    func `names every alert, whatever they are and whatever it says beside them`(
        kind: TargetKind, event: EventKind
    ) throws {
        let plan = TargetRegistry.builtIn.plan(for: TargetSample.settings(kind), read: TargetSample.read)
        guard let capacity = plan.groupCapacity else { return }
        let comment = String(repeating: "数据库主机搬迁", count: 20)
        let silences = (Int64(41)...47).map { HoldReason.silence(id: $0, comment: comment) }
        for language in Language.allCases {
            for width in [20, 40] {
                let events = (1...capacity).map { Self.stored(event, number: $0, width: width) }
                for reason in [Digest.Reason.backlog, .held(by: silences)] {
                    for isPlain in [false, true] {
                        let texts = try messages(Digest(events, reason: reason), kind, language, isPlain: isPlain)
                        for stored in events where !texts.contains("#\(stored.id)") {
                            Issue.record("\(kind) \(language) \(event) \(width) \(isPlain): not \(stored.id)")
                        }
                    }
                }
            }
        }
    }

    @Test func `a text of WeCom says as much of each alert as there is room for`() throws {
        func text(_ width: Int) throws -> String {
            let events = (1...14).map { Self.stored(.escalated, number: $0, width: width) }
            return try messages(Digest(events), .wecom, .chinese, isPlain: true)
        }
        let usual = try text(20)
        #expect(usual.utf8.count > 1500 && usual.contains("失败，2026-11-24 16:00 +08:00 #k3v9x2ab-1000014"))
        // Ids as long as ids can be: no time, no kind of trouble, but every one of them.
        let long = try text(64)
        #expect(long.contains("#k3v9x2ab-1000014") && !long.contains("16:00"))
    }

    @Test func `lines get shorter before one of them is left out`() {
        let lines = (1...3).map {
            Card.Line(tone: .bad, text: "text of line \($0)", short: "short \($0)", brief: "b\($0)")
        }
        var card = Card(.alert(Sample.every[0]), texts: Language.english.texts)
        card.lines = lines
        func digest(_ limit: Int) -> String {
            BoundedText(limit, .bytes).digest(card, head: ["head"], sentence: "sentence", tail: ["tail"]) { $1 }
        }
        #expect(digest(1000) == "head\nsentence\ntext of line 1\ntext of line 2\ntext of line 3\ntail")
        #expect(digest(57) == "head\ntext of line 1\ntext of line 2\ntext of line 3\ntail")
        #expect(digest(45) == "head\nsentence\nshort 1\nshort 2\nshort 3\ntail")
        #expect(digest(35) == "head\nshort 1\nshort 2\nshort 3\ntail")
        #expect(digest(30) == "short 1\nshort 2\nshort 3\ntail")
        #expect(digest(20) == "head\nb1\nb2\nb3\ntail")
        #expect(digest(15) == "b1\nb2\nb3\ntail")
        // What names a silence stays longer.
        card.sentenceNamesHold = true
        #expect(digest(62) == "head\nsentence\nshort 1\nshort 2\nshort 3\ntail")
        #expect(digest(35) == "head\nsentence\nb1\nb2\nb3\ntail")
        #expect(digest(20) == "head\nb1\nb2\nb3\ntail")
    }

    @Test(arguments: Language.allCases, [20, 40])
    func `a text of WeCom that is full names the silence`(language: Language, width: Int) throws {
        let events = (1...14).map { Self.stored(.failed, number: $0, width: width) }
        let reason = Digest.Reason.held(by: [.silence(id: 47, comment: "数据库主机搬迁")])
        let text = try messages(Digest(events, reason: reason), .wecom, language, isPlain: true)
        #expect(text.contains("47") && text.contains("数据库主机搬迁"))
        #expect(text.utf8.count <= 2048 && events.allSatisfy { text.contains("#\($0.id)") })
    }

    /// How many tasks a reminder has, and how many bytes or characters each service takes, is nobody's choice.
    @Test(arguments: kinds, [3, 30, 90])
    func `a reminder keeps its heading, and says how many it leaves out`(kind: TargetKind, count: Int) throws {
        guard TargetRegistry.builtIn.target(for: kind).manners.digestCapacity != nil else { return }
        var reminder = Event(kind: .reminder, observedAt: Sample.now)
        reminder.content = .reminder(
            (1...count).map {
                OpenItem(
                    id: "k3v9x2ab-\(1_000_000 + $0)", kind: .failed, cluster: ClusterID("pm-2ze9examp1e\(10_000 + $0)"),
                    name: "每日增量训练 \($0)", since: Sample.now)
            })
        for language in Language.allCases {
            for isPlain in [false, true] {
                let requests = try TargetSample.requests(
                    .alert(Sample.stored(reminder)), to: TargetSample.settings(kind, language: language),
                    asPlainText: isPlain)
                let text = try requests.map {
                    try JSONValue(parsing: $0.body).allTexts.joined(separator: "\n")
                }.joined(separator: "\n")
                let comment = Comment(rawValue: "\(kind) \(language) \(isPlain)")
                let title = language.texts.title(of: reminder)
                let shown = text.matches(of: /#k3v9x2ab-1000\d{3}/).count
                // Some services change the look of what may be markup.
                #expect(text.contains(title) || text.contains("\(count)"), comment)
                #expect(shown == count || text.contains(language.texts.more(count - shown)), comment)
                #expect(shown > min(count, 15) - 1, comment)
            }
        }
    }

    @Test func `a summary that is too long keeps what goes wrong besides`() {
        let lines = (1...20).map { number in
            Card.Line(tone: .bad, text: "failed \(number)", short: "f\(number)", isImportant: number > 18)
        }
        var event = Event(kind: .reminder, observedAt: Sample.now)
        event.content = .reminder([
            OpenItem(id: "k3v9x2ab-1", kind: .failed, cluster: ClusterID("pm-1"), name: nil, since: Sample.now)
        ])
        var card = Card(.alert(Sample.stored(event)), texts: Language.english.texts)
        card.lines = lines
        func list(_ limit: Int) -> String {
            BoundedText(limit, .bytes).digest(card, head: ["head"], sentence: "s", tail: ["tail"]) { $1 }
        }
        #expect(list(1000).hasSuffix("failed 20\ntail"))
        #expect(list(50) == "head\ns\nf1\nf2\nf3\nf4\nf5\nf6\nf19\nf20\nand 12 more\ntail")
        #expect(list(24) == "head\ns\nand 20 more\ntail")
        #expect(list(8) == "he…\ntail" || list(8).hasSuffix("tail"))
    }

    // MARK: -

    /// - Parameter width: of the task's id, in bytes.
    private static func stored(_ kind: EventKind, number: Int, width: Int) -> StoredEvent {
        let id = "pm-" + String(repeating: "z", count: width - 8) + "\(10_000 + number)"
        var event: Event
        switch kind {
        case .targetFailing:
            event = Sample.event(
                kind, cluster: nil, from: nil, target: "robot-of-the-night-shift-\(number)", detail: "x")
        case .escalated:
            event = Sample.event(.failed, cluster: ClusterID(id)).escalated(of: "k3v9x2ab-12")
        case .changed:
            event = Sample.event(kind, cluster: ClusterID(id), to: "WAITING_FOR_RESOURCES_OF_THE_POOL")
        default:
            event = Sample.event(kind, cluster: ClusterID(id))
        }
        event.apiTime = Sample.now
        event.name = event.cluster == nil ? nil : "每日增量训练 \(number)"
        return Sample.stored(event, seq: Int64(1_000_000 + number))
    }

    /// What people can read of the message.
    private func messages(
        _ digest: Digest, _ kind: TargetKind, _ language: Language, isPlain: Bool
    ) throws -> String {
        var settings = TargetSample.settings(kind, language: language)
        settings.timeZone = "Asia/Shanghai"
        let requests = try TargetSample.requests(.digest(digest), to: settings, asPlainText: isPlain)
        return try requests.map { request -> String in
            guard let call = request.cloudCall else {
                return try JSONValue(parsing: request.body).allTexts.joined(separator: "\n")
            }
            let content = call.query.split(separator: "&").first { $0.hasPrefix("EventInfo.1.Content=") } ?? ""
            let text = PercentEncoding.decode(content.dropFirst("EventInfo.1.Content=".count)) ?? ""
            #expect(text.utf8.count <= CloudMonitor.longestContent)
            return text
        }.joined(separator: "\n")
    }
}
