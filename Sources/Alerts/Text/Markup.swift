/// How a service's markup is kept from taking a task's name for markup.
enum Markup {
    /// Keeps `@` from what follows by a space that has no width: nobody is called together by the name of a task.
    static func withoutMentions(_ text: String) -> String {
        text.replacing("@", with: "@\u{200B}")
    }

    /// Plain texts of services that read mentions in angle brackets there, too (`<at user_id="all">`, `<users/all>`,
    /// `<@user>`), and no entities: brackets in their wide form.
    static func plain(_ text: String) -> String {
        withoutMentions(text).replacing("<", with: "＜").replacing(">", with: "＞")
    }

    /// Slack, Telegram, Google Chat: entities for the three characters that mean something.
    static func entities(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Discord, ntfy, Mattermost, Teams: a backslash in front of what CommonMark may take for markup.
    static func commonMark(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if "\\`*_[]<>~|#".unicodeScalars.contains(scalar) { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// DingTalk, WeCom: no page says how to escape, so what would be markup is written in its wide form.
    static func wide(_ text: String) -> String {
        var escaped = ""
        for scalar in withoutMentions(text).unicodeScalars {
            switch scalar {
            case "*": escaped += "＊"
            case "`": escaped += "｀"
            case "[": escaped += "［"
            case "]": escaped += "］"
            case "<": escaped += "＜"
            case ">": escaped += "＞"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Feishu cards: entities for everything that lark_md may take for markup (Feishu, "Card Markdown", escaping).
    static func larkMarkdown(_ text: String) -> String {
        var escaped = ""
        for scalar in withoutMentions(text).unicodeScalars {
            switch scalar {
            case "&": escaped += "&#38;"
            case "<": escaped += "&#60;"
            case ">": escaped += "&#62;"
            case "*": escaped += "&#42;"
            case "`": escaped += "&#96;"
            case "[": escaped += "&#91;"
            case "]": escaped += "&#93;"
            case "~": escaped += "&#126;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
