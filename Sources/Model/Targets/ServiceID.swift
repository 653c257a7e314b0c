/// The forms of keys and ids that services give out: the one rule for the config and for the targets, so that what the
/// config accepts is not refused by every message.
///
/// Each returns what is wrong, to follow the key's name, or nil. Nothing is quoted: most of them are secrets.
package enum ServiceID {
    /// PagerDuty, Events API v2: 32 letters and digits.
    package static func mistake(inRoutingKey key: String) -> String? {
        guard key.utf8.count == 32, key.utf8.allSatisfy(\.isLetterOrDigit) else {
            return "is not a PagerDuty integration key, which has 32 letters and digits; copy it from the service's "
                + "integration \"Events API V2\""
        }
        return nil
    }

    /// Telegram Bot API, "Authorizing your bot": `123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11`.
    package static func mistake(inBotToken token: String) -> String? {
        let (number, secret) = token.halves(at: ":")
        guard (1...20).contains(number.utf8.count), number.utf8.allSatisfy(\.isDigit), let secret, !secret.isEmpty,
            secret.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            return
                "is not a bot's token, which is a number, a colon and letters; copy it from @BotFather, without \"bot\" "
                + "in front"
        }
        return nil
    }

    /// Telegram Bot API, `sendMessage`: a number (negative for groups) or the `@name` of a channel.
    package static func mistake(inChat chat: String) -> String? {
        if let number = Int64(chat), number != 0 { return nil }
        let name = chat.utf8.dropFirst()
        guard chat.hasPrefix("@"), (4...32).contains(name.count), name.first?.isLetter == true,
            name.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") })
        else {
            return "is neither the number of a chat, such as -1001234567890, nor the @name of a public channel"
        }
        return nil
    }

    /// Telegram Bot API, `message_thread_id`: a positive number.
    package static func mistake(inThread thread: String) -> String? {
        guard let number = Int64(thread), number > 0 else { return "is not the number of a topic, such as 7" }
        return nil
    }
}
