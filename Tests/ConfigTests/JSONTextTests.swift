import Foundation
import Model
import TestSupport
import Testing

@testable import Config

struct JSONTextTests {
    @Test func `a byte order mark is skipped and counts for no column`() throws {
        #expect(try jsonText([0xEF, 0xBB, 0xBF] + Array("{}".utf8)).value == .object([:]))
        let error = #expect(throws: JSONSyntaxError.self) { try jsonText([0xEF, 0xBB, 0xBF] + Array("x".utf8)) }
        #expect(error?.place == "line 1, column 1")
    }

    @Test func `columns count characters, not bytes`() {
        let error = #expect(throws: JSONSyntaxError.self) { try jsonText(Array("{\n  \"语言\": x\n}".utf8)) }
        #expect(error?.place == "line 2, column 9")
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u4e2d\ud83d\ude00!""#, "中😀!"), (#""\u0000""#, "\0"),
        (#""""#, ""), ("\"直接\"", "直接"),
    ])
    func `escapes`(text: String, value: String) throws {
        #expect(try jsonText(Array(text.utf8)).value == .string(value))
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
        ("1.5e2", .number(150)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-1E-2", .number(-0.01)),
    ])
    func `numbers`(text: String, value: JSONValue) throws {
        #expect(try jsonText(Array(text.utf8)).value == value)
    }

    @Test(arguments: [
        "01", "-", "1.", ".5", "+1", "1e", "1e+", "0x1", "NaN", "Infinity", "tru", "nulll", "\"\\x\"", "\"\\u12g4\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1 2]", "{\"a\":1 \"b\":2}", "[,]", "{,}", "{\"a\"}",
        "[1],", "\u{FEFF}\u{FEFF}{}",
    ])
    func `what RFC 8259 does not allow`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try jsonText(Array(text.utf8)) }
    }

    @Test func `duplicate keys are found at any depth, the last value holds`() throws {
        let text = try jsonText(Array("{\"routes\": [{\"k\": 1,\n\"k\": 2}], \"b\": 1}".utf8))
        #expect(text.duplicateKeys.map(\.path.text) == ["routes[0].k"])
        #expect(text.duplicateKeys.map(\.line) == [2])
        #expect(text.value["routes"]?.arrayValue?.first?["k"] == .integer(2))
    }

    @Test func `keys in paths are quoted where they are no plain words`() {
        let path = root.key("clusters").index(2).key("labels").key("on call")
        #expect(path.text == #"clusters[2].labels["on call"]"#)
    }

    /// The lenient reader takes every text that this one takes, and reads the same.
    @Test func `the lenient reader agrees`() throws {
        var random = SeededGenerator(seed: 20_261_124)
        let original = try Fixture.example("full.json")
        #expect(try jsonText(original).value == JSONValue(parsing: original))
        var taken = 0
        for _ in 0..<400 {
            let bytes = mutate(original, &random)
            guard let ours = try? jsonText(bytes) else { continue }
            taken += 1
            #expect(try JSONValue(parsing: bytes) == ours.value)
        }
        #expect(taken > 20)
    }
}
