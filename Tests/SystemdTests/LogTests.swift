import Foundation
import Glibc
import Systemd
import Testing

/// Runs `body` with a log that writes to a pipe, and gives back the lines.
private func lines(_ body: (LogOutput) -> Void) throws -> [String] {
    let pipe = Pipe()
    let output = LogOutput.text(TextLog(descriptor: pipe.fileHandleForWriting.fileDescriptor))
    body(output)
    output.flush(within: .seconds(10))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return text.split(separator: "\n").map(String.init)
}

struct TextLogTests {
    @Test func `a line has time, level, message and fields`() throws {
        let entry = JournalEntry(
            .failed, message: "Training pm-1 has failed", fields: [(.taskID, "pm-1"), (.name, "my \"best\" model")])
        let line = try #require(try lines { $0.write(entry) }.first)
        let expected = #" error Training pm-1 has failed event=failed task_id=pm-1 name="my \"best\" model""#
        #expect(line.hasSuffix(expected))
        let time = line.dropLast(expected.count)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
    }

    @Test func `text from outside cannot make a line of its own`() throws {
        var entry = JournalEntry("one\n2026-01-01T00:00:00.000Z error two\u{1b}[2J", priority: .info)
        entry.add(.error, "a\r\nb\u{202E}c")
        let lines = try lines { $0.write(entry) }
        #expect(lines.count == 1)
        #expect(lines[0].contains(#"one\n2026-01-01T00:00:00.000Z error two\u{1b}[2J error=a\r\nb\u{202e}c"#))
    }

    @Test func `lines are bounded`() throws {
        let lines = try lines { $0.write(JournalEntry(String(repeating: "训", count: 10_000), priority: .info)) }
        #expect(lines.count == 1)
        #expect(lines[0].utf8.count <= TextLog.maximumLineBytes)
        #expect(lines[0].hasSuffix("训…"))
    }
}

struct LogOutputTests {
    @Test func `entries below the minimum are not written, and count as handled`() throws {
        let lines = try lines { output in
            output.minimum = .warning
            for priority in [JournalPriority.debug, .info, .notice, .warning, .error] {
                #expect(output.write(JournalEntry("a \(priority.rawValue)", priority: priority)))
            }
            output.minimum = .info
            output.write(JournalEntry("b", priority: .info))
        }
        #expect(lines.compactMap { $0.split(separator: " ", maxSplits: 2).last } == ["a 4", "a 3", "b"])
    }

    @Test func `the minimum applies to the journal too`() throws {
        let journald = try DatagramReceiver()
        let output = LogOutput.journal(Journal(identifier: "polarai-daemon", path: journald.path))
        output.minimum = .error
        output.write(JournalEntry("quiet", priority: .warning))
        output.write(JournalEntry("loud", priority: .error))
        #expect(try journald.receiveEntry().text("MESSAGE") == "loud")
    }

    @Test(.timeLimit(.minutes(10)))
    func `a reader that does not read stops nobody, and what is missing is reported`() throws {
        let pipe = Pipe()
        let log = TextLog(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let text = String(repeating: "x", count: 1000)
        var taken = 0
        while log.write(JournalEntry("\(taken) \(text)", priority: .info)), taken < 100_000 { taken += 1 }
        #expect(taken < 100_000, "the log never filled, so nothing was tried")
        for _ in 0..<6 { #expect(!log.write(JournalEntry(text, priority: .info))) }

        var received = [UInt8]()
        func receive(until wanted: String) throws {
            let end = Array("\(wanted)\n".utf8)
            while received.suffix(end.count) != end[...] {
                var buffer = [UInt8](repeating: 0, count: 65536)
                let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
                try #require(count > 0)
                received += buffer[..<count]
            }
        }
        try receive(until: "\(taken - 1) \(text)")
        log.flush(within: .seconds(10))
        #expect(log.write(JournalEntry("back", priority: .info)))
        try receive(until: "back")

        let lines = received.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == taken + 2, "a line is lost or doubled")
        #expect(lines[taken].contains(" warning 7 log lines are missing here"))
    }
}
