import Model
import Testing

@testable import Alerts

struct SentenceTests {
    private func restarted(from status: ClusterStatus) -> Event {
        Event(
            kind: .restarted, cluster: ClusterID("pm-2ze9examp1e00001"), name: "nightly", account: "default",
            region: "cn-beijing", from: status, to: .activation, sighting: .inferred,
            observedAt: Timestamp(milliseconds: 1_795_507_200_000))
    }

    @Test func `a run that began unseen while another went on says that nobody saw that one end`() {
        #expect(
            English().sentence(of: restarted(from: .activation))
                == "Training nightly (pm-2ze9examp1e00001) was restarted (inferred from the times that the API "
                + "reports); the outcome of its previous run is unknown.")
        #expect(
            Chinese().sentence(of: restarted(from: .activation))
                == "根据 API 返回的时间推断，训练 nightly (pm-2ze9examp1e00001) 已重新启动；上一次运行的结果未知。")
    }

    @Test(arguments: [(-7200, true), (0, true), (299, true), (301, false), (3 * 86_400, false), (400 * 86_400, false)])
    func `an end that is still to come is not reported as a fact`(ahead: Int, isFact: Bool) {
        var event = Event(
            kind: .failed, cluster: ClusterID("pm-2ze9examp1e00001"), from: .activation, to: ClusterStatus("FAILED"),
            observedAt: Timestamp(milliseconds: 1_795_507_200_000))
        let end = event.observedAt.advanced(by: .seconds(ahead))
        event.facts.startedAt = end.advanced(by: .seconds(-5400))
        event.facts.completedAt = end
        event.apiTime = end
        let english = English().sentence(of: event)
        let chinese = Chinese().sentence(of: event)
        #expect(english.contains("failed after 1 h 30 min, at 20") == isFact, "\(english)")
        #expect(chinese.contains("，运行了 1 小时 30 分钟") == isFact, "\(chinese)")
        if !isFact {
            #expect(english.hasPrefix("Training pm-2ze9examp1e00001 failed."), "\(english)")
            #expect(chinese.hasPrefix("训练 pm-2ze9examp1e00001 已失败"), "\(chinese)")
        }
    }

    private static let reasons: [(EventKind, EventReason, english: String, chinese: String)] = [
        (
            .overdue, .longerThan(limit: .seconds(7200), runtime: .seconds(7265)),
            "it has been running for 2 h 1 min, longer than max_runtime (2 h)",
            "已运行 2 小时 1 分钟，超过 max_runtime 设定的 2 小时"
        ),
        (
            .overdue, .slowerThan(lastRun: .seconds(3600), runtime: .seconds(9000)),
            "it has been running for 2 h 30 min, and its last completed run took only 1 h",
            "已运行 2 小时 30 分钟，而该任务上一次成功运行只用了 1 小时，已超过 slower_than 设定的倍数"
        ),
        (
            .overdue, .afterDeadline(Timestamp(milliseconds: 1_795_507_200_000), runtime: .seconds(90_000)),
            "it has been running for 1 d 1 h, past its deadline (2026-11-24 08:00 UTC)",
            "已超过截止时间 2026-11-24 08:00 UTC（已运行 1 天 1 小时）"
        ),
        (.stalled, .noNewStep(.seconds(1860)), "no new step for 31 min", "步数已有 31 分钟没有增加"),
        (.targetRecovered, .wasSuspended(.seconds(45)), "it was suspended for 45 s", "此前不可用 45 秒"),
    ]

    @Test(arguments: reasons.indices)
    func `why it happened is said in the language of the message`(index: Int) {
        let (kind, reason, english, chinese) = Self.reasons[index]
        var event = Event(
            kind: kind, cluster: ClusterID("pm-1"), observedAt: Timestamp(milliseconds: 0), target: "chat")
        event.reason = reason
        #expect(English().sentence(of: event).contains(english), "\(English().sentence(of: event))")
        #expect(Chinese().sentence(of: event).contains(chinese), "\(Chinese().sentence(of: event))")
    }

    @Test func `a reminder names what to acknowledge, if it is little`() {
        let times = Timestamp(milliseconds: 0)
        func reminder(_ count: Int) -> Event {
            var event = Event(kind: .reminder, observedAt: times)
            event.content = .reminder(
                (0..<count).map {
                    OpenItem(
                        id: "k3v9x2ab-\($0)", kind: .failed, cluster: ClusterID("pm-\($0)"), name: nil, since: times)
                })
            return event
        }
        for (count, ids) in [(1, "k3v9x2ab-0"), (3, "k3v9x2ab-0 k3v9x2ab-1 k3v9x2ab-2"), (4, "ID"), (0, "ID")] {
            #expect(English().sentence(of: reminder(count)).contains("`polarai-daemon ack \(ids)`"))
            #expect(Chinese().sentence(of: reminder(count)).contains("`polarai-daemon ack \(ids)`"))
        }
    }

    @Test func `a reminder without a list beside it names what is open, with the ids`() {
        var event = Event(kind: .reminder, observedAt: Timestamp(milliseconds: 0))
        event.content = .reminder(
            (1...7).map {
                OpenItem(
                    id: "k3v9x2ab-\($0)", kind: .gone, cluster: ClusterID("pm-\($0)"), name: nil,
                    since: Timestamp(milliseconds: 0))
            })
        let alone = English().sentenceAlone(of: event)
        #expect(alone.hasPrefix("reminder: 7 events are open and not acknowledged: gone: pm-1, since "), "\(alone)")
        #expect(alone.contains("#k3v9x2ab-5; and 2 more. To acknowledge them"), "\(alone)")
        #expect(alone.hasSuffix("; the ids are those after # in the list."), "\(alone)")
        event = Event(kind: .failed, cluster: ClusterID("pm-7"), observedAt: Timestamp(milliseconds: 0))
        #expect(English().sentenceAlone(of: event) == English().sentence(of: event))
    }

    @Test func `a reminder of one task names it in the title, and is read out before what to do`() {
        var event = Event(kind: .reminder, observedAt: Timestamp(milliseconds: 0))
        event.content = .reminder([
            OpenItem(
                id: "k3v9x2ab-6", kind: .stalled, cluster: ClusterID("pm-6"), name: "weekly",
                since: Timestamp(milliseconds: 0))
        ])
        #expect(Chinese().title(of: event) == "提醒：weekly 停滞，仍未解决")
        let spoken = Chinese().spokenReminder(event, list: "停滞：weekly (pm-6)")
        #expect(spoken.hasPrefix("提醒：仍有 1 个问题未解决，无人认领。停滞：weekly (pm-6)。着手处理时"), "\(spoken)")
        #expect(
            English().spokenReminder(event, list: "stalled: weekly").hasPrefix(
                "reminder: 1 event is open and not acknowledged: stalled: weekly. To acknowledge"))
    }

    @Test func `an escalation says what to do about the problem, and then how to acknowledge it`() {
        let event = Event(
            kind: .stalled, cluster: ClusterID("pm-7"), name: "weekly", observedAt: Timestamp(milliseconds: 0)
        ).escalated(of: "k3v9x2ab-4")
        #expect(English().title(of: event) == "Escalated: Training stalled: weekly")
        #expect(Chinese().title(of: event) == "【告警升级】训练停滞：weekly（无人认领）")
        #expect(Chinese().sentence(of: event).hasPrefix("训练 weekly (pm-7) 停滞。该问题未在规定时间内被认领。"))
        let english = English().sentence(of: event)
        #expect(
            english.hasSuffix(
                " Check its logs: it may be hung. To acknowledge it, run `polarai-daemon ack pm-7` on the monitoring host."
            ))
        #expect(
            Chinese().sentence(of: event).hasSuffix(
                "。着手处理时请先在监控主机上运行 `polarai-daemon ack pm-7` 认领（此后不再提醒和升级）。训练可能已卡住，请在 PolarDB 控制台查看训练日志，必要时重新启动训练。"))
    }

    @Test func `a poll that fails comes with the last answer, the consequence and the remedy`() {
        let event = Event(
            kind: .pollFailing, account: "prod", region: "cn-hangzhou",
            observedAt: Timestamp(milliseconds: 1_795_507_200_000),
            notBefore: Timestamp(milliseconds: 1_795_506_000_000), detail: "the API does not answer.")
        #expect(
            English().sentence(of: event)
                == "Polling all tasks of account prod in cn-hangzhou is failing: the API does not answer. The last valid "
                + "answer was at 2026-11-24 07:40 UTC. Status changes are not detected until polling recovers. To find the "
                + "cause, run `polarai-daemon doctor` on the monitoring host.")
        #expect(
            Chinese().sentence(of: event)
                == "账号 prod（cn-hangzhou）下的所有任务的状态查询失败（最近一次有效响应：2026-11-24 07:40 UTC），恢复之前无法发现任务状态的变化。"
                + "原因：“the API does not answer”。如原因不明，请在监控主机上运行 `polarai-daemon doctor` 排查。")
    }

    @Test func `in Chinese, a long reason is translated as a whole, and shortened where a service is quoted`() {
        let said = String(repeating: "description:机器人发送签名不匹配;", count: 20)
        var event = Event(kind: .targetFailing, observedAt: Sample.now, target: "chat")
        event.detail =
            "the signature is wrong; set `secret` to the robot's secret (SEC…); this host's clock is 3m behind; "
            + "set it (timedatectl set-ntp true) (\(said))."
        let sentence = Chinese().sentence(of: event)
        #expect(sentence.contains("不可用，原因：签名有误（接收方返回“description:机器人发送签名不匹配;"), "\(sentence)")
        #expect(sentence.contains("…”）；请把 `secret` 设为机器人的加签密钥（SEC…）；"), "\(sentence)")
        #expect(sentence.contains("；监控主机时钟慢了 3 分钟，请校准（timedatectl set-ntp true）。修复后，"), "\(sentence)")
        event.detail = String(repeating: "odd ", count: 200)
        #expect(Chinese().sentence(of: event).contains("odd…”。修复后，"))
    }

    @Test func `sentences that are read out in Chinese end with a full stop each`() {
        #expect(Chinese().speech(["训练已失败。", "暂缓原因：静默规则 #3"]) == "训练已失败。暂缓原因：静默规则 #3。")
    }

    @Test(arguments: EventKind.allCases)
    func `a test says so in its title and its last sentence, and asks nobody to do anything`(kind: EventKind) {
        let settings = TargetSettings(name: "night", kind: .dingtalk)
        let event = TestAlert.event(kind, for: settings, at: Timestamp(milliseconds: 1_795_507_200_000)).event
        #expect(English().title(of: event).hasPrefix("[Test] "))
        #expect(Chinese().title(of: event).hasPrefix("【测试】"))
        let (english, chinese) = (English().sentence(of: event), Chinese().sentence(of: event))
        #expect(
            english.hasSuffix(". This is a test message of polarai-daemon: nothing needs to be done."), "\(english)")
        #expect(chinese.hasSuffix("。这是 polarai-daemon 的测试消息，无需处理。"), "\(chinese)")
        #expect(!english.contains("run `") && !english.contains("Check "), "\(english)")
        #expect(!chinese.contains("请"), "\(chinese)")
    }

    @Test func `a run after a settled one says how that one had ended`() {
        #expect(
            English().sentence(of: restarted(from: .failed))
                == "Training nightly (pm-2ze9examp1e00001) was restarted; its previous status was FAILED "
                + "(inferred from the times that the API reports)."
        )
    }

    @Test(arguments: [
        (EventKind.overdue, Sighting.firstSeen, "运行时间过长（开始监控时运行时间就已过长，并非刚刚发生）；训练仍在运行。"),
        (.overdue, .late, "运行时间过长（延迟发现：发生时监控中断）；训练仍在运行。"),
        (.gone, .firstSeen, "：API 查询不到该任务（从首次查询起就查询不到，并非刚刚消失）。"),
        (.restarted, .late, "重新启动（延迟发现：发生时监控中断），此前状态为 FAILED。"),
    ])
    func `in Chinese, how an event was seen stands behind what it belongs to`(
        kind: EventKind, sighting: Sighting, words: String
    ) {
        let event = Event(
            kind: kind, cluster: ClusterID("pm-1"), from: kind == .restarted ? .failed : .activation, to: .activation,
            sighting: sighting, observedAt: Sample.now)
        #expect(Chinese().sentence(of: event).contains(words), "\(Chinese().sentence(of: event))")
    }
}
