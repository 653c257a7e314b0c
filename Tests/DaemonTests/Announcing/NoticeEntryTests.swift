import Model
import Monitor
import Systemd
import Testing

@testable import Daemon

/// What the monitor notices, as an operator reads it.
struct NoticeEntryTests {
    private static let scope = AccountRegion(account: "default", region: "cn-beijing")
    private static let instance = InstanceKey(id: "pc-1", scope: scope)

    private static func failure(_ reason: FailureReason) -> PollFailure {
        PollFailure(reason: reason, code: "Some.Code", message: "what to do about it", requestID: "REQ-1")
    }

    private func value(_ field: JournalFieldName, of entry: JournalEntry) -> String? {
        entry.fields.first { $0.name == field }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    @Test(arguments: [FailureReason.credentials, .permission])
    func `refused credentials have an id of their own, for a task and for a list`(reason: FailureReason) {
        let failure = Self.failure(reason)
        for notice in [
            Notice.failing(ClusterID("pm-1"), name: "nightly", failure), .listFailing(Self.instance, failure),
        ] {
            let entry = NoticeEntry.make(notice)
            #expect(entry.messageID == CatalogEntry.credentialsRefused.messageID)
            #expect(entry.message.contains("what to do about it"))
            #expect(value(.errorCode, of: entry) == "Some.Code")
            #expect(value(.requestID, of: entry) == "REQ-1")
        }
    }

    @Test func `a failing poll names the task, and so does its recovery`() {
        let failing = NoticeEntry.make(.failing(ClusterID("pm-1"), name: "nightly", Self.failure(.network)))
        #expect(failing.message == "Polling nightly (pm-1) is failing: what to do about it")
        #expect(failing.priority == .warning && failing.messageID == nil)
        #expect(value(.taskID, of: failing) == "pm-1")
        let again = NoticeEntry.make(.answering(ClusterID("pm-1"), name: nil, failures: 1))
        #expect(again.message == "Polling pm-1 works again after 1 failed poll.")
        #expect(again.priority == .info)
    }

    @Test func `a time that cannot be read is named with the task and what depends on it`() throws {
        let time = try #require(UnreadTime("CompletedTime", "10 Uhr"))
        let entry = NoticeEntry.make(.unreadableTime(ClusterID("pm-9"), name: "nightly", time))
        #expect(
            entry.message.hasPrefix("nightly (pm-9): the API's CompletedTime is not a valid time (\"10 Uhr\")"))
        #expect(entry.priority == .warning && value(.taskID, of: entry) == "pm-9")
    }

    @Test func `of many tasks that were found five are named`() {
        let tasks = (1...7).map { ClusterID("pm-\($0)") }
        let entry = NoticeEntry.make(.found(Self.instance, tasks: tasks, watched: 9))
        #expect(entry.message.contains("7 tasks") && entry.message.contains("pm-5, …"))
        #expect(!entry.message.contains("pm-6"))
    }

    @Test func `a slower rate is rounded, and says why`() {
        let throttled = NoticeEntry.make(.slowedDown(Self.scope, callsPerSecond: 1.0 / 3, reason: .throttled))
        #expect(throttled.message.contains("0.33 calls/s because the API throttles it"))
        #expect(throttled.messageID == CatalogEntry.throttled.messageID)
        let failing = NoticeEntry.make(.slowedDown(Self.scope, callsPerSecond: 2, reason: .network))
        #expect(failing.message.contains("half of the calls fail"))
    }

    @Test func `progress that cannot be read says what still works`() {
        let entry = NoticeEntry.make(.progressUnreadable(Self.scope, Self.failure(.permission)))
        #expect(entry.message.contains("completion and failure are still detected"))
        #expect(value(.account, of: entry) == "default" && value(.region, of: entry) == "cn-beijing")
    }
}
