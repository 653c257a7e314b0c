import ArgumentParser
import Model
import Store
import Testing

@testable import polarai_daemon

/// The shortcut and the parser must never read the same words differently.
struct HistoryShortcutTests {
    @Test(arguments: [
        "history", "history --limit 3", "history --limit 0 --format jsonl", "history --limit=7 --format=csv --utc",
        "history --cluster a --cluster b* --event failed --event gone --status FAILED --account prod --follow",
        "history --database /x.db", "history --config /c.json", "history --limit 1 --limit 2",
        "history --since 2026-11-24T08:00:00Z --until 2026-11-25", "history --cluster=a=b",
        "history --account x --utc --utc", "history --status FAILED --status GONE --account a --account b",
    ])
    func `what both read is the same`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let quick = try #require(HistoryRequest(shortcut: words))
        let command = try #require(try PolarAIDaemon.parseAsRoot(words) as? HistoryCommand)
        #expect(quick == command.request)
    }

    @Test(arguments: [
        "", "status", "history --help", "history -h", "history --version", "history --limit", "history --limit x",
        "history --limit -1", "history --event nothing", "history --format xml", "history --since soon",
        "history --follow --format json", "history more", "history --unknown 1", "history --cluster= a",
        "history -- --utc", "history --follow=1", "--utc history",
    ])
    func `everything else is left to the parser`(line: String) {
        #expect(HistoryRequest(shortcut: line.split(separator: " ").map(String.init)) == nil)
    }
}
