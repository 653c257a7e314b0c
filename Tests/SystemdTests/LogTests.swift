import Foundation
import Logging
import Systemd
import Testing

/// Runs `body` with a log that writes to a pipe, and gives back the lines.
private func lines(_ body: (LogOutput) -> Void) throws -> [String] {
    let pipe = Pipe()
    body(.text(TextLog(descriptor: pipe.fileHandleForWriting.fileDescriptor)))
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

struct PolarAILogHandlerTests {
    private struct Failure: Error, CustomStringConvertible {
        let description = "disk full"
    }

    private func logger(_ output: LogOutput, provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "test") { _ in PolarAILogHandler(output: output, metadataProvider: provider) }
    }

    @Test func `metadata becomes fields, the nearest to the record wins`() throws {
        let lines = try lines { output in
            var logger = logger(output, provider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] })
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger.info("said", metadata: ["c": "record", "list": ["x", "y z"]])
        }
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix(#" info said a=logger b=provider c=record list="[\"x\", \"y z\"]""#))
    }

    @Test func `an error given with a record is a field`() throws {
        let lines = try lines { logger($0).error("cannot write", error: Failure()) }
        #expect(lines.first?.hasSuffix(#" error cannot write error="disk full""#) == true)
    }

    @Test func `what is below the level is not written`() throws {
        let lines = try lines { output in
            logger(output).debug("quiet")
            logger(output).info("loud")
        }
        #expect(lines.count == 1)
    }

    @Test(arguments: [
        (Logger.Level.trace, "7"), (.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
        (.critical, "2"),
    ])
    func `in the journal a record has priority, fields and its place in the code`(level: Logger.Level, priority: String)
        throws
    {
        let journald = try DatagramReceiver()
        var logger = logger(.journal(Journal(identifier: "polarai-daemon", path: journald.path)))
        logger.logLevel = .trace
        logger.log(level: level, "said", metadata: ["clusterID": "pm-1"])
        let native = try journald.receiveEntry()
        #expect(native.text("PRIORITY") == priority)
        #expect(native.text("MESSAGE") == "said")
        #expect(native.text("POLARAI_CLUSTER_ID") == "pm-1")
        #expect(native.text("CODE_FILE")?.hasSuffix("LogTests.swift") == true)
        #expect(native.text("CODE_LINE").flatMap { Int($0) } != nil)
    }
}
