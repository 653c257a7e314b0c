import Testing

@testable import Store

struct TableDigestTests {
    private func digest(_ rows: [SQLValue]...) -> TableDigest {
        var digest = TableDigest()
        for row in rows { digest.add(row) }
        return digest
    }

    @Test
    func `the same rows in the same order have the same digest`() {
        let row: [SQLValue] = [.integer(-1), .number(0.5), .text("é"), .blob([0, 255]), .null]
        #expect(digest(row, []) == digest(row, []))
        #expect(digest(row).count == 1)
        #expect(digest([.number(-0.0)]) == digest([.number(0)]))
    }

    @Test
    func `what differs has another one`() {
        let pairs: [([SQLValue], [SQLValue])] = [
            ([.integer(1)], [.integer(2)]),
            ([.integer(1)], [.number(1)]),
            ([.null], [.text("")]),
            ([.text("")], [.blob([])]),
            ([.text("a"), .text("b")], [.text("ab"), .text("")]),
            // Alike to people, and to Swift.
            ([.text("\u{E9}")], [.text("e\u{301}")]),
        ]
        for (one, other) in pairs { #expect(digest(one) != digest(other), "\(one)") }
        #expect(digest([.integer(1)], [.integer(2)]) != digest([.integer(2)], [.integer(1)]))
        #expect(digest([.integer(1)]) != digest([.integer(1)], []))
    }
}
