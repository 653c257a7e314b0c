import Foundation
import Systemd
import Testing

struct JournalFieldNameTests {
    @Test(arguments: ["A", "MESSAGE", "POLARAI_TASK_ID", "A1_", String(repeating: "A", count: 64)])
    func `a good name is taken`(text: String) {
        #expect(JournalFieldName(text)?.description == text)
    }

    @Test(arguments: ["", "_PID", "1A", "a", "TASK-ID", "A B", "A=B", "A\nB", "Ä", String(repeating: "A", count: 65)])
    func `a name that journald would refuse is refused`(text: String) {
        #expect(JournalFieldName(text) == nil)
    }
}

struct JournalDatagramTests {
    private func read(_ entry: JournalEntry) throws -> NativeEntry {
        try #require(NativeEntry(JournalDatagram(entry, identifier: "polarai-daemon").bytes))
    }

    @Test func `an entry of the catalog carries id, priority and event`() throws {
        let entry = JournalEntry(
            .failed, message: "Training pm-1 has failed",
            fields: [(.taskID, "pm-1"), (.statusNew, "FAILED"), (.name, nil)])
        let native = try read(entry)
        #expect(native.text("MESSAGE") == "Training pm-1 has failed")
        #expect(native.text("MESSAGE_ID") == CatalogEntry.failed.messageID.description)
        #expect(native.text("PRIORITY") == "3")
        #expect(native.text("SYSLOG_IDENTIFIER") == "polarai-daemon")
        #expect(native.text("POLARAI_EVENT") == "failed")
        #expect(native.text("POLARAI_TASK_ID") == "pm-1")
        #expect(native.text("POLARAI_STATUS_NEW") == "FAILED")
        #expect(native.fields["POLARAI_NAME"] == nil)
    }

    @Test(arguments: [
        Array("two\nPRIORITY=0\nlines".utf8), [0, 1, 2, 255, 10, 10], [], Array("=".utf8), Array("tab\there".utf8),
    ])
    func `whatever a value holds, it stays one value`(value: [UInt8]) throws {
        var entry = JournalEntry("text", priority: .info)
        entry.add(.error, bytes: value)
        let native = try read(entry)
        #expect(native.fields["POLARAI_ERROR"] == [value])
        #expect(native.fields["PRIORITY"] == [Array("6".utf8)])
        #expect(native.fields.count == 4)
    }

    @Test func `values and entries are bounded, and cut between characters`() throws {
        var entry = JournalEntry(String(repeating: "训", count: 100_000), priority: .info)
        for _ in 0..<20 { entry.add(.error, String(repeating: "x", count: 1_000_000)) }
        let datagram = JournalDatagram(entry, identifier: "polarai-daemon")
        #expect(datagram.bytes.count <= JournalDatagram.maximumEntryBytes)
        let native = try #require(NativeEntry(datagram.bytes))
        let message = try #require(native.fields["MESSAGE"]?.first)
        #expect(message.count <= JournalDatagram.maximumValueBytes)
        #expect(String(validating: message, as: UTF8.self)?.hasSuffix("训…") == true)
        #expect(native.text("PRIORITY") == "6")
    }
}

struct JournalTests {
    @Test func `an entry reaches the socket`() throws {
        let journald = try DatagramReceiver()
        let journal = Journal(identifier: "polarai-daemon", path: journald.path)
        #expect(journal.send(JournalEntry("hello", priority: .notice)))
        #expect(try journald.receiveEntry().text("MESSAGE") == "hello")
    }

    @Test(.timeLimit(.minutes(10)))
    func `a journal that does not read stops nobody, and what is missing is reported`() throws {
        let journald = try DatagramReceiver()
        let journal = Journal(identifier: "polarai-daemon", path: journald.path)
        var sent = 0
        while journal.send(JournalEntry("entry \(sent)", priority: .info)), sent < 100_000 { sent += 1 }
        #expect(sent < 100_000, "the socket never filled, so nothing was tried")
        for _ in 0..<4 { journal.send(JournalEntry("lost", priority: .info)) }
        #expect(journal.droppedCount == 5)

        for number in 0..<sent {
            #expect(try journald.receiveEntry().text("MESSAGE") == "entry \(number)")
        }
        #expect(journal.send(JournalEntry("back", priority: .info)))
        #expect(journal.droppedCount == 0)
        let note = try journald.receiveEntry()
        #expect(note.text("MESSAGE")?.hasPrefix("5 log entries are missing here") == true)
        #expect(note.text("PRIORITY") == "4")
        #expect(try journald.receiveEntry().text("MESSAGE") == "back")
    }

    @Test(arguments: ["/nonexistent/journal/socket", "", String(repeating: "x", count: 200)])
    func `no journal is not an error`(path: String) {
        let journal = Journal(identifier: "polarai-daemon", path: path)
        #expect(!journal.send(JournalEntry("lost", priority: .info)))
        #expect(journal.droppedCount == 1)
    }
}

struct JournalStreamTests {
    @Test func `standard error is the journal only where device and inode agree`() throws {
        var status = stat()
        try #require(fstat(STDERR_FILENO, &status) == 0)
        #expect(JournalStream.isStderr(environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"]))
        #expect(!JournalStream.isStderr(environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino + 1)"]))
    }

    @Test(arguments: [nil, "", ":", "1", "a:b", "1:2:3"])
    func `anything else is not the journal`(text: String?) {
        #expect(!JournalStream.isStderr(environment: text.map { ["JOURNAL_STREAM": $0] } ?? [:]))
    }
}
