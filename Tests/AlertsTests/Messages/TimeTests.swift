import Model
import Testing

@testable import Alerts

/// Messages state when something happened, in the target's time zone.
struct TimeTests {
    @Test(arguments: [
        ("UTC", "2026-11-24 08:00 UTC"), (nil, "2026-11-24 08:00 UTC"), ("Asia/Shanghai", "2026-11-24 16:00 +08:00"),
        ("America/St_Johns", "2026-11-24 04:30 -03:30"), ("Asia/Kathmandu", "2026-11-24 13:45 +05:45"),
        ("Europe/London", "2026-11-24 08:00 +00:00"), ("No/Such_Zone", "2026-11-24 08:00 UTC"),
        ("../../etc/passwd", "2026-11-24 08:00 UTC"),
    ])
    func `a time is written with its zone`(name: String?, text: String) {
        #expect(MessageZone(named: name).write(Sample.now) == text)
    }

    @Test func `a zone follows its summer time`() {
        let july = Timestamp(rfc3339: "2026-07-01T22:30:00Z") ?? Sample.now
        #expect(MessageZone(named: "Europe/Berlin").write(july) == "2026-07-02 00:30 +02:00")
    }

    private static func ended(_ kind: EventKind) -> StoredEvent {
        var event = Sample.event(kind)
        event.apiTime = Timestamp(rfc3339: "2026-06-03T21:15:30Z")
        return Sample.stored(event)
    }

    @Test(arguments: TargetSample.chats + [.webhook], Language.allCases)
    func `every message states the API's own time of the change`(kind: TargetKind, language: Language) throws {
        var settings = TargetSample.settings(kind, language: language)
        settings.timeZone = "Asia/Shanghai"
        let digest = Message.digest(Digest([Self.ended(.completed), Self.ended(.failed)]))
        let messages = [Message.alert(Self.ended(.failed)), .alert(Self.ended(.completed))]
        for message in messages + (kind == .webhook ? [] : [digest]) {
            for isPlain in [false, true] {
                let request = try #require(
                    try TargetSample.requests(message, to: settings, asPlainText: isPlain).first)
                let texts = try JSONValue(parsing: request.body).allTexts
                #expect(texts.contains { $0.contains("2026-06-04 05:15 +08:00") }, "\(isPlain ? "plain" : "rich")")
            }
        }
    }

    @Test func `PagerDuty and Alertmanager get it, too`() throws {
        for kind in [TargetKind.pagerduty, .alertmanager] {
            let request = try #require(
                try TargetSample.requests(.alert(Self.ended(.failed)), to: TargetSample.settings(kind)).last)
            #expect(String(decoding: request.body, as: UTF8.self).contains("2026-06-03 21:15 UTC"))
        }
    }
}
