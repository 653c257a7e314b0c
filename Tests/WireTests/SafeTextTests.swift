import TestSupport
import Testing
import Wire

struct SafeTextTests {
    @Test(arguments: [
        ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("bell\u{7}", "bell\\u{7}"), ("\u{202E}x", "\\u{202e}x"),
        ("\u{2066}y\u{2069}", "\\u{2066}y\\u{2069}"), ("a\nb\tc\r\\", "a\\nb\\tc\\r\\\\"), ("\u{9B}1m", "\\u{9b}1m"),
        ("中文 é 😀", "中文 é 😀"), ("\u{FEFF}z", "\\u{feff}z"), ("👨\u{200D}👩", "👨\u{200D}👩"), ("\u{2028}", "\\u{2028}"),
        ("\u{E0041}", "\\u{e0041}"), ("a\u{200D}b", "a\\u{200d}b"), ("می\u{200C}خواهم", "می\u{200C}خواهم"),
    ])
    func `a terminal sees no control and no format characters`(text: String, shown: String) {
        #expect(SafeText.terminal(text) == shown)
    }

    /// A log escapes, a table replaces; what is dangerous is the same.
    @Test func `the two forms of the gate agree on what could steer a terminal`() {
        let risky: [Unicode.Scalar] = [
            "\u{0}", "\u{7}", "\n", "\t", "\u{1B}", "\u{7F}", "\u{9B}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{200E}",
            "\u{2028}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{E0041}",
        ]
        for scalar in risky {
            let text = "a\(Character(scalar))b"
            #expect(SafeText.terminal(text, .replaced) == "a\u{FFFD}b")
            let escaped = SafeText.terminal(text)
            #expect(escaped.hasPrefix("a\\") && escaped.hasSuffix("b") && !escaped.unicodeScalars.contains(scalar))
        }
        #expect(SafeText.terminal("a\nb\t", .replaced) { $0 == "\n" ? "<br>" : nil } == "a<br>b\u{FFFD}")
    }

    @Test func `a line has one blank for whatever separates`() {
        #expect(SafeText.line("  a\r\n\u{1B}\u{202E} b\tc  ", maximumBytes: 100) == "a b c")
        #expect(SafeText.line("中文中文", maximumBytes: 9) == "中文…")
        #expect(SafeText.line(String(repeating: "x", count: 1 << 20), maximumBytes: 10) == "xxxxxxx…")
    }

    @Test func `a page sees replacements and keeps its lines`() {
        #expect(SafeText.xml("a\n\tb\u{0}\u{202E}") == "a\n\tb\u{FFFD}\u{FFFD}")
        #expect(
            SafeText.xml("<a href=\"x\" b='y'>&\u{0}\u{FFFE}")
                == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\u{FFFD}\u{FFFD}")
    }

    /// `"` and U+0301 are one character: what works by character does not see the quote.
    @Test(arguments: ["\"", "<", "&", "@", "'"])
    func `a combining character hides nothing`(mark: String) {
        let text = "a\(mark)\u{301}b"
        #expect(!SafeText.xml(text).contains("\(mark)\u{301}") || mark == "@" || mark == "&")
        #expect(SafeText.replacing(text) { String($0) == mark ? "!" : nil } == "a!\u{301}b")
        #expect(text.replacingBytes(of: mark, with: "!").unicodeScalars.elementsEqual("a!\u{301}b".unicodeScalars))
        let (before, after) = text.halves(at: mark)
        #expect(before == "a")
        #expect(after == "\u{301}b")
    }

    @Test func `no text is stored with U+0000 in it`() {
        #expect(SafeText.stored("a\0b") == "a\u{FFFD}b")
        #expect(SafeText.stored("a\nb") == "a\nb")
    }

    @Test(arguments: [TextUnit.bytes, .utf16, .scalars])
    func `a cut text fits and is not cut within a character`(unit: TextUnit) {
        let texts = [
            "plain text", "中文字符测试", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "e\u{301}e\u{301}e\u{301}", "a" + String(repeating: "\u{301}", count: 500),
        ]
        for text in texts {
            for limit in 0...unit.count(text) + 1 {
                let cut = text.cut(to: limit, unit)
                #expect(unit.count(cut) <= limit)
                if limit >= unit.count(text) {
                    #expect(cut == text)
                } else {
                    #expect(cut.isEmpty || cut.hasSuffix("…"))
                }
            }
        }
        #expect("👨‍👩‍👧‍👦x".cut(bytes: 20) == "…")
        #expect("e\u{301}e\u{301}".cut(to: 3, .scalars) == "e\u{301}…")
        // One endless character does not make the whole text disappear.
        #expect(("a" + String(repeating: "\u{301}", count: 5000)).cut(bytes: 100).utf8.count > 90)
    }

    @Test func `bytes are cut between characters`() {
        let text = Array("中文中文".utf8)
        for limit in 0..<12 { #expect(String(validating: text.cut(bytes: limit), as: UTF8.self) != nil, "\(limit)") }
        #expect(text.cut(bytes: 12) == text)
        #expect([UInt8](repeating: 0x80, count: 100).cut(bytes: 50).count <= 50)
    }

    @Test(arguments: [
        ("pm-2ze9", true), ("a", true), (String(repeating: "x", count: 64), true), ("A.b_c-9", true), ("", false),
        (String(repeating: "x", count: 65), false), ("pm-a\u{0}x", false), ("pm a", false), ("pm-é", false),
        ("pm-a\n", false), ("../x", false), ("a\u{301}", false), ("pm-а", false),
    ])
    func `a name has few characters and few kinds of them`(name: String, isValid: Bool) {
        #expect(PlainName.isValid(name) == isValid)
    }

    @Test func `trimming is not stopped by a combining character`() {
        #expect(" \n\u{3000}x y\r\n".trimmed == "x y")
        #expect("\n\u{301}x".trimmed == "\u{301}x")
        #expect(" \u{A0} ".trimmed == "")
    }
}
