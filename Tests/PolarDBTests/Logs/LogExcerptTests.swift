import Model
import PolarDB
import Testing

struct LogExcerptTests {
    @Test func `the last lines, oldest first, also of one long message`() {
        let messages = (1...50).map { "line \($0)" }
        #expect(LogExcerpt.make(messages) == (31...50).map { "line \($0)" })
        #expect(LogExcerpt.make([messages.joined(separator: "\n")]) == (31...50).map { "line \($0)" })
        #expect(LogExcerpt.make(["a\r\n\n  \nb\n"]) == ["a", "b"])
        #expect(LogExcerpt.make([]) == [])
    }

    @Test func `what a terminal would show`() {
        #expect(LogExcerpt.make(["\u{1B}[31mred\u{1B}[0m and\tplain\u{07}"]) == ["red and plain"])
        #expect(LogExcerpt.make([" 10%|#\u{0D} 50%|#####\u{0D}100%|##########"]) == ["100%|##########"])
    }

    @Test func `no line is long, and all together are not`() {
        let long = String(repeating: "训练", count: 100_000)
        let lines = LogExcerpt.make(Array(repeating: long, count: 100))
        #expect(lines.count == LogExcerpt.mostBytes / LogExcerpt.longestLine)
        for line in lines {
            #expect(line.utf8.count <= LogExcerpt.longestLine)
            #expect(line.hasSuffix("练…") || line.hasSuffix("训…"))
        }
        #expect(lines.reduce(0) { $0 + $1.utf8.count } <= LogExcerpt.mostBytes)
        // The newest ones stay.
        #expect(LogExcerpt.make([long, "the reason"]).last == "the reason")
    }

    @Test func `the key that it was read with is not in it`() {
        let line = LogExcerpt.make(["env AK=sEcReTsEcReT0 ok"], hiding: ["sEcReTsEcReT0", "ok"])
        #expect(line == ["env AK=*** ok"])
    }

    @Test func `a secret at the place of the cut is not shown in half`() {
        for length in 950...1050 {
            let text = String(repeating: "x", count: length) + " LTAI5tFAKEACCESSKEYID001FAKEFAKE"
            #expect(!(LogExcerpt.make([text]).first ?? "").contains("LTAI5"))
        }
    }
}
