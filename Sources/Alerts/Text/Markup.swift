/// How a service's markup is kept from taking a task's name for markup.
enum Markup {
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

    /// Mattermost, Discord, ntfy, Teams: a backslash in front of what CommonMark may take for markup.
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
        for scalar in text.unicodeScalars {
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
        for scalar in text.unicodeScalars {
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
