import Testing

@testable import polarai_daemon

struct EmptyValueTests {
    @Test(arguments: [
        (["history", "--since=", "--limit", "5"], "--since"), (["alerts", "list", "--target="], "--target"),
        (["test-alert", "chat", "--event=", "failed"], "--event"), (["check-config", "--config", ""], "--config"),
        (["copy", "--from", "a.db", "--to", ""], "--to"), (["metrics", "--output", "", "--database", "a"], "--output"),
    ])
    func `an option without its value is named, not the word behind it`(words: [String], option: String) {
        let failure = #expect(throws: CommandFailure.self) { try EmptyValue.check(words) }
        #expect(failure?.status == .usage)
        let message = failure?.message ?? ""
        #expect(
            message.contains("\(option) has no value") || message.contains("(\"\") follows \(option)."), "\(message)")
    }

    @Test(arguments: [["backup", ""], ["backup", "--", ""], ["ack", "pm-1", ""], [""]])
    func `an empty argument names nothing`(words: [String]) {
        let failure = #expect(throws: CommandFailure.self) { try EmptyValue.check(words) }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains("an argument is empty") == true)
    }

    @Test(arguments: [
        ["history", "--since=2h"], ["history", "--cluster", "--"], ["poll", "--", "--x="],
        ["silence", "a=", "--comment", "x ="],
        ["history", "--cluster=a="], ["--="],
    ])
    func `what has a value passes`(words: [String]) throws {
        try EmptyValue.check(words)
    }
}
