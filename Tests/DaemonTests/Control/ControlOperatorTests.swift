import Daemon
import Foundation
import Model
import Store
import Synchronization
import TestSupport
import Testing

/// Silences and acknowledgements over the control socket.
@Suite(.timeLimit(.minutes(1)))
struct ControlOperatorTests {
    @Test func `a silence is begun and ended`() async throws {
        let desk = RecordingDesk()
        try await withControlServer(desk) { path in
            let answer = try await askControl(
                path, "POST", "/v1/silences",
                #"{"matchers": {"cluster": ["night*"], "event": ["failed"]}, "until": "2030-01-01T08:00:00+08:00", "comment": "c", "by": "alice"}"#
            )
            #expect(answer.status == 200 && answer.body["id"] == .integer(3))
            let all = try await askControl(
                path, "POST", "/v1/silences",
                #"{"all": true, "until": "2030-01-01T00:00:00Z", "comment": "c", "drop": true, "matchers": null}"#)
            #expect(all.status == 200)
            let ended = try await askControl(path, "DELETE", "/v1/silences/3")
            #expect(ended.status == 200 && ended.body["state"] == .string("ended"))
            for id in ["4", "x", "", "3/4", "99999999999999999999"] {
                #expect(try await askControl(path, "DELETE", "/v1/silences/\(id)").status == 404, "\(id)")
            }
            #expect(try await askControl(path, "GET", "/v1/silences").status == 405)
            #expect(try await askControl(path, "POST", "/v1/silences/3").status == 405)
        }
        let asked = desk.silences.withLock { $0 }
        #expect(
            asked.first
                == SilenceOrder(
                    clusters: ["night*"], events: ["failed"],
                    until: try #require(Timestamp(rfc3339: "2030-01-01T00:00:00Z")), comment: "c", author: "alice"))
        #expect(asked.last?.all == true && asked.last?.drops == true)
        // Who connected is known from the kernel.
        #expect(asked.last?.author == (getuid() == 0 ? "root" : "uid \(getuid())"))
    }

    @Test(arguments: [
        "[]", "{}", #"{"until": "2030-01-01T00:00:00Z"}"#, #"{"until": "2030-01-01T00:00:00", "comment": "c"}"#,
        #"{"until": 5, "comment": "c"}"#, #"{"until": "2030-01-01T00:00:00Z", "comment": "c", "matchers": []}"#,
        #"{"until": "2030-01-01T00:00:00Z", "comment": "c", "matchers": {"clusters": ["x"]}}"#,
        #"{"until": "2030-01-01T00:00:00Z", "comment": "c", "matchers": {"cluster": "x"}}"#,
        #"{"until": "2030-01-01T00:00:00Z", "comment": "c", "all": "yes"}"#,
        #"{"until": "2030-01-01T00:00:00Z", "comment": "wrong", "all": true}"#,
        #"{"until": "2030-01-01T00:00:00Z", "comment": "c", "all": true, "for": "1h"}"#,
    ])
    func `a silence that is asked for in a wrong way`(body: String) async throws {
        try await withControlServer { path in
            let answer = try await askControl(path, "POST", "/v1/silences", body)
            #expect(answer.status == 400, "\(answer.body.text())")
            #expect(answer.body["error"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func `events are acknowledged`() async throws {
        let desk = RecordingDesk()
        try await withControlServer(desk) { path in
            let answer = try await askControl(
                path, "POST", "/v1/ack", #"{"ids": ["k-1", "nobody"], "comment": "mine", "by": "bob"}"#)
            #expect(answer.status == 200)
            #expect(answer.body["acknowledged"]?.arrayValue?.first?["acknowledged"]?["by"] == .string("bob"))
            #expect(answer.body["unknown"] == .array([.string("nobody")]))
            #expect(AckAnswer(answer.body)?.unknown == ["nobody"])
            #expect(try await askControl(path, "POST", "/v1/ack", #"{"ids": ["nobody"]}"#).status == 404)
            for body in [
                "{}", #"{"ids": []}"#, #"{"ids": "k-1"}"#, #"{"ids": ["k-1"], "by": "two\nlines"}"#,
                #"{"id": ["k-1"]}"#, #"{"ids": ["k-1"], "comment": 5}"#,
            ] {
                #expect(try await askControl(path, "POST", "/v1/ack", body).status == 400, "\(body)")
            }
            #expect(try await askControl(path, "DELETE", "/v1/ack").status == 405)
        }
        #expect(desk.acks.withLock { $0.first } == ["k-1", "nobody", "bob", "mine"])
    }
}
