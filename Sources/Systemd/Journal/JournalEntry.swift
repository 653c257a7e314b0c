/// How grave an entry is: the levels of syslog(3).
package enum JournalPriority: Int, Comparable, Sendable {
    case emergency = 0
    case alert
    case critical
    case error
    case warning
    case notice
    case info
    case debug

    /// The more grave one is the greater.
    package static func < (left: JournalPriority, right: JournalPriority) -> Bool {
        left.rawValue > right.rawValue
    }
}

/// One entry of the log: a sentence, and the facts in it as fields.
package struct JournalEntry: Hashable, Sendable {
    /// A fact beside the sentence, by which entries are found.
    package struct Field: Hashable, Sendable {
        package let name: JournalFieldName
        package let value: [UInt8]
    }

    package var message: String
    package var priority: JournalPriority
    /// The id of the catalog entry that `journalctl -x` shows.
    package var messageID: MessageID?
    package private(set) var fields: [Field] = []

    package init(
        _ message: String, priority: JournalPriority, messageID: MessageID? = nil,
        fields: [(JournalFieldName, String?)] = []
    ) {
        self.message = message
        self.priority = priority
        self.messageID = messageID
        for (name, value) in fields { add(name, value) }
    }

    /// An entry of a kind the catalog knows: its id, its priority and `POLARAI_EVENT` come from there.
    package init(_ kind: CatalogEntry, message: String, fields: [(JournalFieldName, String?)] = []) {
        let event: (JournalFieldName, String?) = (.event, kind.rawValue)
        self.init(message, priority: kind.priority, messageID: kind.messageID, fields: [event] + fields)
    }

    /// Adds a field; nil adds nothing. A name may stand more than once.
    package mutating func add(_ name: JournalFieldName, _ value: String?) {
        guard let value else { return }
        fields.append(Field(name: name, value: Array(value.utf8)))
    }

    /// Adds a field of any bytes.
    package mutating func add(_ name: JournalFieldName, bytes: [UInt8]) {
        fields.append(Field(name: name, value: bytes))
    }
}
