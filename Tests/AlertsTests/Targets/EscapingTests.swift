import Model
import Testing

@testable import Alerts

/// What a task is called is text, never markup, whatever code points stand behind a character that means something.
struct EscapingTests {
    /// Each makes one `Character` of itself and what is before it.
    static let attached: [Unicode.Scalar] = ["\u{301}", "\u{338}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{1F3FB}"]

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let escape: @Sendable (String) -> String
        let meaningful: String
        /// What must not be left behind any of them.
        let isSafe: @Sendable (_ escaped: [Unicode.Scalar], _ scalar: Unicode.Scalar) -> Bool

        var testDescription: String { name }
    }

    private static func isGone(_ escaped: [Unicode.Scalar], _ scalar: Unicode.Scalar) -> Bool {
        !escaped.contains(scalar)
    }

    private static func isBehindBackslash(_ escaped: [Unicode.Scalar], _ scalar: Unicode.Scalar) -> Bool {
        scalar == "\\" ? escaped.starts(with: ["\\", "\\"]) : escaped.starts(with: ["\\", scalar])
    }

    private static func isPadded(_ escaped: [Unicode.Scalar], _ scalar: Unicode.Scalar) -> Bool {
        escaped.starts(with: ["@", "\u{200B}"])
    }

    static let rows = [
        Row(name: "entities", escape: Markup.entities, meaningful: "<>", isSafe: isGone),
        Row(name: "plain", escape: Markup.plain, meaningful: "<>", isSafe: isGone),
        Row(name: "wide", escape: Markup.wide, meaningful: "*`[]<>", isSafe: isGone),
        Row(name: "larkMarkdown", escape: Markup.larkMarkdown, meaningful: "<>*`[]~", isSafe: isGone),
        Row(name: "commonMark", escape: Markup.commonMark, meaningful: "\\`*_[]<>~|#", isSafe: isBehindBackslash),
        Row(name: "withoutMentions", escape: Markup.withoutMentions, meaningful: "@", isSafe: isPadded),
        Row(name: "plain, mentions", escape: Markup.plain, meaningful: "@", isSafe: isPadded),
        Row(name: "wide, mentions", escape: Markup.wide, meaningful: "@", isSafe: isPadded),
        Row(name: "larkMarkdown, mentions", escape: Markup.larkMarkdown, meaningful: "@", isSafe: isPadded),
    ]

    @Test(arguments: rows)
    func `a mark behind a character does not hide it`(row: Row) {
        for scalar in row.meaningful.unicodeScalars {
            for mark in Self.attached {
                let text = String(String.UnicodeScalarView([scalar, mark]))
                let escaped = Array(row.escape(text).unicodeScalars)
                #expect(row.isSafe(escaped, scalar), "\(scalar) before U+\(String(mark.value, radix: 16))")
                #expect(escaped.last == mark, "nothing else changes")
            }
        }
    }

    @Test func `JSON is escaped by scalar, too`() throws {
        for mark in Self.attached {
            let text = "a\"\(mark)b\\\(mark)c\r\n\(mark)"
            #expect(try JSONValue(parsing: OrderedJSON.string(text).bytes) == .string(text))
        }
    }

    @Test func `CR LF is one line end and stays no line end of a message`() {
        #expect("a\r\nb\u{85}c\u{2029}d".onOneLine == "a  b c d")
        // Direction marks and invisible characters are taken out, joiners of scripts and emoji stay.
        #expect("a\u{202E}b\u{2066}c\u{200F}d\u{FEFF}e\u{AD}f".onOneLine == "abcdef")
        #expect("👩\u{200D}💻 می\u{200C}خواهم".onOneLine == "👩\u{200D}💻 می\u{200C}خواهم")
    }

    /// What the service renders as Markdown, and where a link would be made of `[text](url)`.
    private static func rendered(_ body: JSONValue, by kind: TargetKind) -> [String] {
        switch kind {
        case .mattermost:
            (body["attachments"]?.arrayValue ?? []).flatMap { attachment in
                [attachment["title"], attachment["text"]].compactMap { $0?.stringValue }
                    + (attachment["fields"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue }
            } + [body["text"]?.stringValue].compactMap { $0 }
        case .ntfy: [body["message"]?.stringValue].compactMap { $0 }
        // Their titles are plain text.
        case .dingtalk:
            [body["markdown"]?["text"], body["text"]?["content"]].compactMap { $0?.stringValue }
        case .feishu:
            (body["card"]?["elements"]?.allTexts ?? []) + (body["content"]?.allTexts ?? [])
        default: body.allTexts
        }
    }

    @Test(arguments: [TargetKind.mattermost, .discord, .teams, .ntfy, .dingtalk, .wecom, .feishu], [false, true])
    func `no field that is rendered makes a link of a task's name`(kind: TargetKind, isPlain: Bool) throws {
        // ntfy renders its plain texts as they are.
        guard kind != .ntfy || !isPlain else { return }
        for text in ["[invoice](https://evil.example/x)", "[\u{301}invoice]\u{301}(https://evil.example/x)"] {
            for name in [text, nil] {
                var event = Sample.event(
                    .failed, name: name, labels: ["team": text], detail: text,
                    facts: TaskFacts(description: text, baseModel: text, trainMode: text, modelPaths: [text]))
                event.logLines = [text]
                let request = try #require(
                    try TargetSample.requests(
                        .alert(Sample.stored(event)), to: TargetSample.settings(kind), asPlainText: isPlain
                    ).first)
                let texts = Self.rendered(try JSONValue(parsing: request.body), by: kind)
                #expect(texts.contains { $0.contains("invoice") })
                for field in texts {
                    let scalars = Array(field.unicodeScalars)
                    for index in scalars.indices where scalars[index] == "[" {
                        // DingTalk's plain texts and Feishu's are not Markdown.
                        let isMarkdown = !isPlain || ![.dingtalk, .wecom, .feishu].contains(kind)
                        #expect(!isMarkdown || index > 0 && scalars[index - 1] == "\\", "\(field)")
                    }
                }
            }
        }
    }

    @Test func `a robot's keyword is looked for by bytes`() {
        #expect("the alert\u{301}".containing("alert").hasSuffix("alert\u{301}"))
        #expect("caf\u{E9}".containing("cafe\u{301}") == "caf\u{E9}\ncafe\u{301}")
    }
}
