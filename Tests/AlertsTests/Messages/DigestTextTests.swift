import Model
import Testing

@testable import Alerts

struct DigestTextTests {
    private static let time = Timestamp(milliseconds: 1_795_507_200_000)

    private func stored(_ seq: Int64, _ event: Event) -> StoredEvent {
        StoredEvent(seq: seq, id: "q7f2m4zd-\(seq)", event: event)
    }

    @Test func `the title counts failed trainings among what it holds`() {
        for (failures, english, chinese) in [
            (0, "3 held alerts", "补发 3 条暂缓的告警"),
            (1, "3 held alerts, including 1 failed training", "补发 3 条暂缓的告警（其中训练失败 1 条）"),
            (2, "3 held alerts, including 2 failed trainings", "补发 3 条暂缓的告警（其中训练失败 2 条）"),
        ] {
            #expect(English().digestTitle(.held(by: []), events: 3, failures: failures) == english)
            #expect(Chinese().digestTitle(.held(by: []), events: 3, failures: failures) == chinese)
        }
        #expect(Chinese().digestTitle(.targets, events: 3, failures: 0) == "告警渠道状态变化 3 次")
        #expect(Chinese().digestTitle(.endedBefore, events: 5, failures: 2) == "5 个早已结束的训练（其中训练失败 2 个）")
    }

    @Test func `each line has the whole id, and says what a reminder or a summary is about`() {
        var reminder = Event(kind: .reminder, observedAt: Self.time)
        reminder.content = .reminder(
            (1...5).map {
                OpenItem(
                    id: "q7f2m4zd-\($0)", kind: .failed, cluster: ClusterID("pm-\($0)"), name: $0 == 1 ? "weekly" : nil,
                    since: Self.time)
            })
        let digest = Digest(
            [
                stored(8, Event(kind: .failed, cluster: ClusterID("pm-1"), name: "weekly", observedAt: Self.time)),
                stored(9, reminder),
            ], reason: .held(by: [.silence(id: 3, comment: "host moves"), .hours(route: 2)]))
        let english = Card(.digest(digest), texts: English())
        #expect(
            english.lines.map(\.text) == [
                "failed: weekly (pm-1) #q7f2m4zd-8",
                "reminder: weekly (pm-1) failed, pm-2 failed, pm-3 failed, and 2 more #q7f2m4zd-9",
            ])
        #expect(
            english.lines.map(\.short) == [
                "failed: pm-1 #q7f2m4zd-8", "reminder: pm-1 failed, pm-2 failed, pm-3 failed, and 2 more #q7f2m4zd-9",
            ])
        #expect(
            english.sentence
                == "Held until now by: silence 3 (host moves); the notification hours of routes[2]. Failures first."
        )
        #expect(
            Card(.digest(digest), texts: Chinese()).sentence
                == "以下告警此前暂缓，现在补发；训练失败的排在最前。暂缓原因：静默规则 #3（host moves）；不在 routes 第 3 条路由的通知时段内。")
    }

    @Test func `a line of an escalation says what the trouble is`() {
        let gone = Event(kind: .gone, cluster: ClusterID("pm-4"), name: "weekly", observedAt: Self.time)
        let digest = Digest([stored(5, gone.escalated(of: "q7f2m4zd-2")), stored(6, gone)])
        #expect(
            Card(.digest(digest), texts: English()).lines.first?.text
                == "escalated: gone, weekly (pm-4) #q7f2m4zd-5")
        #expect(
            Card(.digest(digest), texts: Chinese()).lines.first?.text
                == "告警升级（无人认领）：weekly (pm-4) 已不存在 #q7f2m4zd-5")
    }

    @Test func `a Chinese digest says how to acknowledge only if one of its lines can be`() {
        let completed = Event(kind: .completed, cluster: ClusterID("pm-1"), observedAt: Self.time)
        let overdue = Event(kind: .overdue, cluster: ClusterID("pm-2"), observedAt: Self.time)
        let without = Card(.digest(Digest([stored(5, completed), stored(7, completed)])), texts: Chinese()).footer
        #expect(without.contains("#q7f2m4zd-5..7") && without.contains("不能用于认领"))
        #expect(!without.contains("polarai-daemon ack"))
        let with = Card(.digest(Digest([stored(5, completed), stored(7, overdue)])), texts: Chinese()).footer
        #expect(with.contains("请在监控主机上运行 polarai-daemon ack ID，ID 为该问题所在行 # 后的编号"))
        #expect(with.hasSuffix("本消息编号 #q7f2m4zd-5..7，不能用于认领。"))
    }

    @Test func `a Chinese reminder says when something failed, and since when something is stalled`() {
        #expect(
            Card(.alert(Sample.stored(Sample.reminder)), texts: Chinese()).lines.map(\.text) == [
                "失败：nightly (pm-2ze9examp1e00001)，2026-11-24 04:00 UTC #k3v9x2ab-15",
                "停滞：pm-2ze9examp1e00002，自 2026-11-24 02:26 UTC 起 #k3v9x2ab-12",
            ])
    }

    @Test func `a Chinese summary says of what it leaves some out`() {
        var event = Sample.summary
        guard case .summary(var figures)? = event.content else {
            Issue.record("the sample is not a summary")
            return
        }
        figures.failed = 5
        event.content = .summary(figures)
        let lines = Card(.alert(Sample.stored(event)), texts: Chinese()).lines.map(\.text)
        #expect(lines.contains("另有 3 个训练失败，未列出"), "\(lines)")
    }
}
