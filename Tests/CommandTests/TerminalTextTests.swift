import Foundation
import Testing

@testable import polarai_daemon

struct TerminalTextTests {
    private func shown(_ text: String) -> String { String(decoding: TerminalText.output(text), as: UTF8.self) }

    @Test(arguments: [
        ("\u{1B}[2Jx", "\u{FFFD}[2Jx"), ("a\u{7}b", "a\u{FFFD}b"), ("\u{9B}31m", "\u{FFFD}31m"), ("a\tb", "a\u{FFFD}b"),
        ("abc\u{202E}def", "abc\u{FFFD}def"), ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"), ("a\u{200B}b", "a\u{FFFD}b"),
        ("\u{FEFF}a", "\u{FFFD}a"), ("a\u{2028}b", "a\u{FFFD}b"), ("soft\u{AD}hyphen", "soft\u{FFFD}hyphen"),
        ("tag\u{E0041}", "tag\u{FFFD}"), ("a\u{200D}b", "a\u{FFFD}b"), ("\u{200D}👩", "\u{FFFD}👩"),
        ("x\rfake", "x\u{FFFD}fake"),
    ])
    func `what could steer a terminal is replaced, also behind a combining character`(text: String, safe: String) {
        #expect(TerminalText.cell(text) == safe)
        #expect(shown(text) == safe)
        #expect(TerminalText.cell("e\u{301}" + text).unicodeScalars.elementsEqual(("e\u{301}" + safe).unicodeScalars))
    }

    @Test(arguments: [
        "👩\u{200D}👩\u{200D}👧", "👩🏽\u{200D}🚀", "❤\u{FE0F}\u{200D}🔥", "क्\u{200D}ष", "می\u{200C}خواهم", "e\u{301}",
        "训练 → 完成",
    ])
    func `what people write stays`(text: String) {
        #expect(TerminalText.cell(text) == text)
        #expect(shown(text) == text)
    }

    @Test func `lines stay at the exit and not in a cell`() {
        #expect(shown("a\nb\n") == "a\nb\n")
        #expect(TerminalText.cell("a\nb") == "a\u{FFFD}b")
    }

    @Test func `a style is an escape sequence only if it is ours`() {
        #expect(shown(Table.Colour.red.applied(to: "x")) == "\u{1B}[31mx\u{1B}[0m")
        // U+FDD0 and U+FDDF, which a literal cannot have: the marks that stand for our own styles.
        let marks = String(decoding: [0xEF, 0xB7, 0x90, 0x78, 0xEF, 0xB7, 0x9F], as: UTF8.self)
        #expect(TerminalText.cell(marks) == "\u{FFFD}x\u{FFFD}")
    }

    @Test(arguments: [
        ("plain", 5), ("训练", 4), ("한글", 4), ("é", 1), ("e\u{301}", 1), ("ก็", 1), ("ไทย", 3), ("हिन्दी", 5), ("😀", 2),
        ("👩\u{200D}👩\u{200D}👧", 2), ("👩🏽\u{200D}🚀", 2), ("👍🏽", 2), ("❤", 1), ("❤\u{FE0F}", 2), ("🇨🇳", 2), ("→", 1),
        ("⚡", 2),
        ("⣿", 1), ("", 0),
    ])
    func `cells of a terminal`(text: String, cells: Int) {
        #expect(TerminalText.width(text) == cells)
    }

    @Test func `columns stay in line whatever stands before them`() {
        let names = ["nightly", "训练任务", "👩\u{200D}🚀 run", "ไทยก็", "हिन्दी", "a\u{202E}b", "❤\u{FE0F}"]
        var table = Table(["NAME", "STATUS"], isColoured: false)
        var text = ""
        for name in names { text += table.add([Table.Cell(name), Table.Cell("FAILED")]) }
        text += table.flush()
        let columns = Set(
            text.split(separator: "\n").dropFirst().map { line in
                TerminalText.width(String(line.prefix(upTo: line.range(of: "FAILED")?.lowerBound ?? line.endIndex)))
            })
        #expect(columns.count == 1)
    }
}
