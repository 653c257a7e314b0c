/// How the markup of a service is kept from reading a text from outside as markup.
///
/// Everything here goes by Unicode scalars. A combining mark or a joiner after `"`, `@`, `<` or `*` makes one `Character`
/// of the two, which `String.replacing` then does not find; the receiver, which reads code points, still does.
enum Markup {
    /// The text with some of its scalars replaced; nil keeps a scalar.
    static func replacing(in text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let other = replacement(scalar) {
                result.append(contentsOf: other.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Each line of the text by itself, put together with what the service takes for a line end.
    static func lines(
        of text: String, joinedBy separator: String, _ transform: (String) -> String = { $0 }
    ) -> String {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { transform(String($0)) }.joined(separator: separator)
    }

    /// Puts a space without width behind every `@`: nobody is mentioned by the name of a task.
    static func withoutMentions(_ text: String) -> String {
        replacing(in: text) { $0 == "@" ? "@\u{200B}" : nil }
    }

    /// Plain texts of services that look for mentions in angle brackets even there (`<at user_id="all">`, `<users/all>`,
    /// `<@user>`) and know no entities: brackets in their wide form.
    static func plain(_ text: String) -> String {
        replacing(in: text) { scalar in
            switch scalar {
            case "@": "@\u{200B}"
            case "<": "＜"
            case ">": "＞"
            default: nil
            }
        }
    }

    /// Slack, Telegram, Google Chat: entities for the three characters that mean something.
    static func entities(_ text: String) -> String {
        replacing(in: text) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: nil
            }
        }
    }

    /// Discord, ntfy, Mattermost, Teams: a backslash in front of what CommonMark may take for markup.
    static func commonMark(_ text: String) -> String {
        replacing(in: text) { scalar in
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "~", "|", "#": "\\\(scalar)"
            default: nil
            }
        }
    }

    /// `commonMark`, and nobody is mentioned.
    static func quietCommonMark(_ text: String) -> String {
        withoutMentions(commonMark(text))
    }

    /// `entities`, and nobody is mentioned.
    static func quietEntities(_ text: String) -> String {
        withoutMentions(entities(text))
    }

    /// DingTalk, WeCom: neither documents an escape, so what would be markup is written in its wide form. A backtick is
    /// left out: it would be copied together with the command that it quotes. Nor may the full stop after it be.
    static func wide(_ text: String) -> String {
        replacing(in: [".", ",", ":", ";"].reduce(text) { $0.replacing("`\($1)", with: " \($1)") }) { scalar in
            switch scalar {
            case "@": "@\u{200B}"
            case "*": "＊"
            case "`": ""
            case "[": "［"
            case "]": "］"
            case "<": "＜"
            case ">": "＞"
            default: nil
            }
        }
    }

    /// Feishu cards: entities for everything that lark_md may take for markup (Feishu, "Card Markdown", escaping).
    static func larkMarkdown(_ text: String) -> String {
        replacing(in: text) { scalar in
            switch scalar {
            case "@": "@\u{200B}"
            case "&": "&#38;"
            case "<": "&#60;"
            case ">": "&#62;"
            case "*": "&#42;"
            case "`": "&#96;"
            case "[": "&#91;"
            case "]": "&#93;"
            case "~": "&#126;"
            default: nil
            }
        }
    }
}
