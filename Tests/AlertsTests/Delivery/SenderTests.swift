import Model
import Testing

@testable import Alerts

/// What one attempt comes to, whatever the service.
struct SenderTests {
    @Test(arguments: [true, false])
    func `a systemd target's alert is delivered once the journal has the entry`(isWritten: Bool) async {
        let sender = Sender(
            client: EchoingClient(), read: TargetSample.read, journal: { _ in isWritten }, now: { Sample.now })
        let verdict = await sender.send(
            .alert(Sample.every[0]), to: TargetSettings(name: "systemd", kind: .systemd))
        #expect(verdict?.outcome == (isWritten ? .delivered : .tryAgain(retryAfter: nil)))
        #expect((verdict?.reason == nil) == isWritten)
    }

    @Test func `a verdict keeps the HTTP status beside the service's own code`() {
        let body = #"{"errcode":310000,"errmsg":"keywords not in content"}"#
        let verdict = DingTalk().judge(Answer(status: 200, body: Array(body.utf8), receivedAt: Sample.now))
        #expect(verdict.code == "310000" && verdict.httpStatus == 200)
        let server = Webhook().judge(Answer(status: 503, receivedAt: Sample.now))
        #expect(server.code == "HTTP 503" && server.httpStatus == 503)
    }

    @Test func `a Telegram group that became a supergroup says its new id, and only a number is one`() {
        func chat(_ id: String) -> String? {
            let body = #"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":\#(id)}}"#
            return Telegram().judge(Answer(status: 400, body: Array(body.utf8), receivedAt: Sample.now)).newChatID
        }
        #expect(chat("-1002003004005") == "-1002003004005")
        #expect(chat(#""@channel""#) == nil)
        #expect(chat("1.5") == nil)
        // A user's chat, or none at all: a group never becomes that.
        #expect(chat("0") == nil)
        #expect(chat("7512345") == nil)
    }
}
