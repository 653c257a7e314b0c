import Wire

/// The bytes of one entry in the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL).
///
/// A value that is text without a line break stands as `NAME=value`; any other as the name alone, its length in 64 bits
/// little-endian, and its bytes: whatever a value holds, it cannot become a field of its own.
package struct JournalDatagram: Sendable {
    package let bytes: [UInt8]

    /// Longer values are cut. An entry stays well below the 208 KiB a socket takes by default, so that no entry needs
    /// the memory-file way of the protocol.
    package static let maximumValueBytes = 16 * 1024
    package static let maximumEntryBytes = 96 * 1024

    /// - Parameter identifier: what `journalctl -t` looks for.
    package init(_ entry: JournalEntry, identifier: String) {
        var writer = Writer()
        writer.append(.message, Array(entry.message.utf8))
        writer.append(.priority, Array(String(entry.priority.rawValue).utf8))
        writer.append(.syslogIdentifier, Array(identifier.utf8))
        if let id = entry.messageID { writer.append(.messageID, Array(id.description.utf8)) }
        for field in entry.fields { writer.append(field.name, field.value) }
        bytes = writer.bytes
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func append(_ name: JournalFieldName, _ value: [UInt8]) {
            let value = value.cut(bytes: JournalDatagram.maximumValueBytes)
            guard bytes.count + value.count + 128 <= JournalDatagram.maximumEntryBytes else { return }
            bytes += name.description.utf8
            if value.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") }) {
                bytes.append(UInt8(ascii: "\n"))
                withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += $0 }
            } else {
                bytes.append(UInt8(ascii: "="))
            }
            bytes += value
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
