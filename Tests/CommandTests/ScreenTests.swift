import Testing

@testable import polarai_daemon

struct ScreenTests {
    @Test(arguments: [
        ("plain text", 5, "plain"), ("plain", 5, "plain"), ("训练完成", 5, "训练"), ("a训", 2, "a"), ("", 3, ""),
        ("abc", 0, ""),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}e\u{301}"),
    ])
    func `a line is cut to cells, not to characters`(line: String, cells: Int, cut: String) {
        #expect(TerminalText.cut(line, toCells: cells) == cut)
    }

    @Test func `a style that is cut off ends`() {
        let line = "ab" + Table.Colour.red.applied(to: "cdef") + "gh"
        let end = TerminalText.Style.end.mark
        #expect(TerminalText.cut(line, toCells: 4) == "ab\(TerminalText.Style.red.mark)cd\(end)")
        #expect(TerminalText.cut(line, toCells: 7) == "ab\(TerminalText.Style.red.mark)cdef\(end)g")
        #expect(TerminalText.cut(line, toCells: 80) == line)
    }

    @Test func `what does not fit is counted`() {
        let lines = (1...9).map { "\($0)" }
        #expect(Screen.fitting(lines, rows: 9) == lines)
        #expect(Screen.fitting(lines, rows: 3) == ["1", "2", "… and 7 more lines: make the window taller."])
        #expect(Screen.fitting(lines, rows: 1) == ["… and 9 more lines: make the window taller."])
    }
}
