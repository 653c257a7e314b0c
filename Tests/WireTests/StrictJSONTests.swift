import TestSupport
import Testing
import Wire

struct StrictJSONTests {
    /// A place where something is wrong, with a secret on both sides of it.
    @Test(arguments: [
        #"{"key": SeCrEt123}"#, #"{"key": "SeCrEt123}"#, #"{"SeCrEt123" "x"}"#, #"{SeCrEt123: 1}"#,
        #"{"a": 123456SeCrEt}"#,
        #"{"a": 'SeCrEt123'}"#, #"{"a": "SeCrEt123" "b"}"#, #"{"a": "SeCrEt123\q"}"#, #"{"a": "SeCrEt123\ud800"}"#,
        #"{"a": 1} SeCrEt123"#, #"["SeCrEt123", ]"#, #"{"a": 0123456789}"#, #"{"a": 1e99999}"#,
        #"{"a": "SeCrEt123\u00zz"}"#,
        "{\"a\": \"SeCrEt123\n\"}", #"{"a": TrueSeCrEt}"#, #"{"a": undefinedSeCrEt}"#,
    ])
    func `a complaint has a place and quotes nothing`(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONDocument(Array(text.utf8)) }
        #expect(error?.line ?? 0 > 0)
        for part in ["SeCrEt", "SeC", "rEt", "123", "99999"] { #expect(error?.message.contains(part) == false) }
    }

    @Test(arguments: [
        ("True", "write true"), ("yes", "write true"), ("None", "write null"), ("NaN", "write a number"),
        ("FALSE", "write false"),
    ])
    func `well-known slips are named`(word: String, advice: String) {
        let error = #expect(throws: JSONError.self) { try JSONDocument(Array(#"{"a": \#(word)}"#.utf8)) }
        #expect(error?.message.hasPrefix("\(word) is not a JSON value; \(advice)") == true)
    }

    @Test func `line and column count from 1, in characters, without a byte order mark`() {
        let error = #expect(throws: JSONError.self) {
            try JSONDocument([0xEF, 0xBB, 0xBF] + Array("{\n  \"语言\": x\n}".utf8))
        }
        #expect(error?.line == 2)
        #expect(error?.column == 9)
        #expect(error?.offset == 3 + 2 + 2 + 8 + 2)
    }

    @Test func `equal keys are found at any depth, with path and line`() throws {
        let document = try JSONDocument(Array("{\"x\": [{\"k\": 1,\n\"k\": 2}], \"b\": 1,\n \"x\": 0}".utf8))
        #expect(document.duplicateKeys.map(\.line) == [2, 3])
        #expect(document.duplicateKeys.map(\.path) == [[.key("x"), .index(0), .key("k")], [.key("x")]])
        #expect(document.value["x"] == .integer(0))
    }

    @Test func `a hundred thousand equal keys take no longer than a hundred thousand others`() {
        let bytes = Array(("{" + Array(repeating: "\"a\":1", count: 100_000).joined(separator: ",\n") + "}").utf8)
        let time = ContinuousClock().measure { _ = try? JSONDocument(bytes) }
        #expect(time < .seconds(5))
    }

    @Test func `what is written is read again`() throws {
        let value = JSONValue.object([
            "b": .string("/m \"\\\u{1}\n\t\r\u{202E}é😀"), "a": .null, "n": .number(0.1), "w": .number(3),
            "big": .number(1e300),
            "nan": .number(.nan), "l": .array([.bool(true), .integer(.min), .object([:]), .array([])]),
        ])
        #expect(
            value.text()
                == #"{"a":null,"b":"/m \"\\\u0001\n\t\r"# + "\u{202E}é😀"
                + #"","big":1e+300,"l":[true,-9223372036854775808,{},[]],"n":0.1,"nan":null,"w":3}"#)
        #expect(try JSONDocument(value.utf8()).value["l"] == value["l"])
        #expect(OrderedJSON(value).text == value.text())
    }
}
