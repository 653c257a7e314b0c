/// The name of a journal field, by the rules of systemd.journal-fields(7): capitals, digits and underscores, 64 at
/// most, beginning with neither a digit nor the underscore that journald keeps for itself.
package struct JournalFieldName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Returns: nil where journald would refuse the name.
    package init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        description = text
    }

    private init(known text: StaticString) {
        description = text.description
    }

    private static let maximumLength = 64

    private static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= maximumLength,
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
        else { return false }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
}

extension JournalFieldName {
    package static let message = JournalFieldName(known: "MESSAGE")
    package static let messageID = JournalFieldName(known: "MESSAGE_ID")
    package static let priority = JournalFieldName(known: "PRIORITY")
    package static let syslogIdentifier = JournalFieldName(known: "SYSLOG_IDENTIFIER")

    /// The event's name: `failed`, `poll_failing`, …
    package static let event = JournalFieldName(known: "POLARAI_EVENT")
    package static let taskID = JournalFieldName(known: "POLARAI_TASK_ID")
    /// The name the config gives the task.
    package static let name = JournalFieldName(known: "POLARAI_NAME")
    package static let account = JournalFieldName(known: "POLARAI_ACCOUNT")
    package static let region = JournalFieldName(known: "POLARAI_REGION")
    package static let statusOld = JournalFieldName(known: "POLARAI_STATUS_OLD")
    package static let statusNew = JournalFieldName(known: "POLARAI_STATUS_NEW")
    package static let transitionSeq = JournalFieldName(known: "POLARAI_TRANSITION_SEQ")
    package static let kind = JournalFieldName(known: "POLARAI_KIND")
    package static let observedAt = JournalFieldName(known: "POLARAI_OBSERVED_AT")
    /// The API's id of the call, for the provider's support.
    package static let requestID = JournalFieldName(known: "POLARAI_REQUEST_ID")
    package static let errorCode = JournalFieldName(known: "POLARAI_ERROR_CODE")
    package static let error = JournalFieldName(known: "POLARAI_ERROR")
    package static let alertID = JournalFieldName(known: "POLARAI_ALERT_ID")
    package static let target = JournalFieldName(known: "POLARAI_TARGET")
}
