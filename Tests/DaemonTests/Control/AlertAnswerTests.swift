import Model
import Testing

@testable import Daemon

/// What a retry or a drop did, on its way over the control socket.
struct AlertAnswerTests {
    @Test func `it arrives as it was sent, with the counts of what is not named`() throws {
        let answer = AlertAnswer(
            changed: [
                AlertName(id: "k3v9x2ab-7", target: "chat", was: .dead), AlertName(id: "k3v9x2ab-9", target: "ops"),
            ],
            unchanged: [AlertName(id: "k3v9x2ab-8", target: "chat", was: .delivered)], unknown: ["k3v9x2ab-99"],
            changedCount: 4321, unchangedCount: 12)
        #expect(AlertAnswer(try JSONValue(parsing: answer.json.utf8())) == answer)
    }

    @Test(arguments: [#"{"error": "no"}"#, "[]", #"{"changed": 3}"#])
    func `anything else is not taken for one`(body: String) throws {
        #expect(AlertAnswer(try JSONValue(parsing: Array(body.utf8))) == nil)
    }

    @Test func `an alert without an id is passed over, and what is missing counts as none`() throws {
        let body = #"{"changed": [{"target": "chat"}, {"id": "k3v9x2ab-1", "target": "chat", "was": "lost"}]}"#
        #expect(
            AlertAnswer(try JSONValue(parsing: Array(body.utf8)))
                == AlertAnswer(changed: [AlertName(id: "k3v9x2ab-1", target: "chat")]))
    }
}
