import HTTPTransport
import Model
import Testing

@testable import Alerts

/// What every target must keep to, whatever a task is called and however much there is to say.
struct SharedTargetTests {
    @Test(arguments: TargetSample.chats)
    func `speaks the target's language and names what to ask for`(kind: TargetKind) throws {
        for event in Sample.every {
            for isPlain in [false, true] {
                for (language, title) in [
                    (Language.english, English().title(of: event.event)), (.chinese, Chinese().title(of: event.event)),
                ] {
                    let request = try #require(
                        try TargetSample.requests(
                            .alert(event), to: TargetSample.settings(kind, language: language), asPlainText: isPlain
                        ).first)
                    let texts = try JSONValue(parsing: request.body).allTexts.joined(separator: "\n")
                    #expect(texts.contains(title.prefix(8)), "\(language) \(event.event.kind)")
                    #expect(texts.contains("k3v9x2ab-17"), "\(language) \(event.event.kind)")
                }
            }
        }
    }

    @Test(arguments: TargetSample.bodies)
    func `the same message is the same bytes`(kind: TargetKind) throws {
        for event in Sample.every {
            let settings = TargetSample.settings(kind)
            let first = try TargetSample.requests(.alert(event), to: settings)
            #expect(try TargetSample.requests(.alert(event), to: settings) == first)
            for request in first { #expect((try? JSONValue(parsing: request.body)) != nil) }
        }
    }

    @Test(arguments: [TargetKind.dingtalk, .feishu])
    func `a robot's keyword is in every message, also where all is cut`(kind: TargetKind) throws {
        for message in [Message.alert(Sample.every[0]), .alert(LimitTests.huge(.failed, LimitTests.texts[3].long))] {
            for isPlain in [false, true] {
                let request = try #require(
                    try TargetSample.requests(
                        message, to: TargetSample.settings(kind, keyword: "报警词"), asPlainText: isPlain
                    ).first)
                #expect(String(decoding: request.body, as: UTF8.self).contains("报警词"))
            }
        }
    }

    @Test(arguments: TargetSample.bodies)
    func `no line of a message is forged by a task's name`(kind: TargetKind) throws {
        let name = "a\nb\u{2028}c\u{202E}d\r\n# e"
        let event = Sample.stored(Sample.event(.failed, name: name, labels: ["team": "x\ny"]))
        // Programs take a name as it is.
        guard kind != .webhook, kind != .command, kind != .alertmanager else { return }
        for request in try TargetSample.requests(.alert(event), to: TargetSample.settings(kind)) {
            for text in try JSONValue(parsing: request.body).allTexts where text.contains("a b") {
                #expect(text.contains("a b cd"))
            }
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(!body.contains("\u{2028}") && !body.contains("\u{202E}") && !body.contains("x\\ny"))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
