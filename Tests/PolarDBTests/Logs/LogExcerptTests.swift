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

    /// Nine lines, and a short one.
    private static let key =
        (0..<9).map { "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2y\($0)B" } + ["tiG3r=="]

    @Test(arguments: ["", "2026-11-30 INFO ", "[rank0]: "])
    func `a private key is masked, line by line`(prefix: String) {
        let begin = "-----BEGIN RSA PRIVATE KEY-----"
        let end = "-----END RSA PRIVATE KEY-----"
        func lines(_ texts: [String]) -> [String] {
            LogExcerpt.make(["loading model"] + texts.map { prefix + $0 } + ["loss 0.31"])
        }
        let masked = Array(repeating: "\(prefix)***", count: Self.key.count)
        let whole = lines([begin] + Self.key + [end])
        #expect(whole == ["loading model", "***"] + masked + ["***", "loss 0.31"])
        // Cut off, or still being written.
        #expect(lines(Self.key + [end]) == ["loading model"] + masked + ["***", "loss 0.31"])
        #expect(lines([begin] + Self.key) == ["loading model", "***"] + masked + ["loss 0.31"])
    }

    @Test func `a private key that begins before the lines that are shown`() {
        let long = (0..<30).map { "INFO \(Self.key[0])\($0)" }
        let lines = LogExcerpt.make(["INFO -----BEGIN PRIVATE KEY-----"] + long + ["INFO tiG3r=="])
        #expect(lines == Array(repeating: "INFO ***", count: LogExcerpt.mostLines))
    }

    @Test func `the rest of a log stays when a private key is only mentioned`() {
        let lines = ["ValueError: no -----BEGIN PRIVATE KEY----- in it", "  raise ValueError(text)", "exit status 1"]
        #expect(LogExcerpt.make(lines) == ["***", "raise ValueError(text)", "exit status 1"])
        let ended = ["saved checkpoint 12", "loss=0.31", "-----END PRIVATE KEY-----", "exit status 1"]
        #expect(LogExcerpt.make(ended) == ["saved checkpoint 12", "loss=0.31", "***", "exit status 1"])
    }

    @Test func `a secret at the place of the cut is not shown in half`() {
        for length in 950...1050 {
            let text = String(repeating: "x", count: length) + " LTAI5tFAKEACCESSKEYID001FAKEFAKE"
            #expect(!(LogExcerpt.make([text]).first ?? "").contains("LTAI5"))
        }
    }
}
