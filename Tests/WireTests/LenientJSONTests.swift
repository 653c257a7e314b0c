import TestSupport
import Testing

@testable import Wire

struct LenientJSONTests {
    private func read(_ text: String, limits: JSONLimits = .foreign) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    @Test func `reads every kind of value`() throws {
        let value = try read(#"{"a":[1,-2.5,"x",true,null,{},false,1e3],"b":9007199254740993}"#)
        #expect(
            value["a"]
                == .array([
                    .integer(1), .number(-2.5), .string("x"), .bool(true), .null, .object([:]), .bool(false),
                    .number(1000),
                ]))
        #expect(value["b"] == .integer(9_007_199_254_740_993))
    }

    @Test(arguments: [
        ("NaN", JSONValue.null), ("Infinity", .null), ("-Infinity", .null), ("1e400", .null), ("-1e999", .null),
        ("01", .null), ("1.2.3", .null), ("0x10", .null), ("1.", .null), ("-", .null),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("999999999999999999", .integer(999_999_999_999_999_999)),
        ("-0", .integer(0)), ("0", .integer(0)), ("1e-400", .number(0)), ("-12", .integer(-12)),
    ])
    func `what is not a finite number is null, and the rest is read`(number: String, expected: JSONValue) throws {
        let value = try read(#"{"loss": \#(number), "DBClusterStatus": "FAILED", "l": [\#(number),\#(number)]}"#)
        #expect(value["loss"] == expected)
        #expect(value["l"] == .array([expected, expected]))
        #expect(value["DBClusterStatus"] == .string("FAILED"))
    }

    @Test(arguments: [
        (#"\ud83d"#, "\u{FFFD}"), (#"a\ud83dz"#, "a\u{FFFD}z"), (#"\ude00x"#, "\u{FFFD}x"),
        (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ud83d\n"#, "\u{FFFD}\n"), (#"\ud83dA"#, "\u{FFFD}A"),
        (#"\u4e2d\ud83d\ude00!"#, "中😀!"), (#"\u12"#, "\u{FFFD}"), (#"\u12zz"#, "\u{FFFD}zz"), (#"C:\path"#, "C:\\path"),
        (#"a\u0000b"#, "a\u{FFFD}b"), ("a\0b", "a\u{FFFD}b"), ("tab\tline\nend", "tab\tline\nend"),
        (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), ("\u{1}é", "\u{1}é"),
    ])
    func `a broken text costs its broken part`(inside: String, expected: String) throws {
        let value = try read(#"{"d": "\#(inside)", "s": "FAILED"}"#)
        #expect(value["d"] == .string(expected))
        #expect(value["s"] == .string("FAILED"))
    }

    @Test func `broken UTF-8 and a byte order mark`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array(#"{"d":"a"#.utf8) + [0xFF, 0xC3] + Array(#"b","s":"FAILED"}"#.utf8)
        let value = try JSONValue(parsing: bytes)
        #expect(value["s"] == .string("FAILED"))
        #expect(value["d"]?.stringValue?.hasPrefix("a\u{FFFD}") == true)
        #expect(value["d"]?.stringValue?.hasSuffix("b") == true)
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `what is nested too deep is null, and the rest is read`(open: String) throws {
        let close = open == "[" ? "]" : "}"
        for depth in [62, 63, 64, 500, 100_000] {
            let nested =
                String(repeating: open, count: depth) + #""}]\"""# + String(repeating: close, count: depth)
            let value = try read(#"{"x": \#(nested), "DBClusterStatus": "FAILED"}"#)
            #expect(value["DBClusterStatus"] == .string("FAILED"), "\(depth)")
            #expect(value["x"] != nil)
        }
    }

    @Test func `past the number of values only the outermost object grows`() throws {
        let many = "[" + Array(repeating: "[0]", count: 5000).joined(separator: ",") + "]"
        let value = try read(
            #"{"a": 1, "many": \#(many), "b": {"c": 1}, "s": "FAILED"}"#,
            limits: JSONLimits(depth: 64, values: 1000, bytes: 1 << 20))
        #expect(value["a"] == .integer(1))
        #expect((value["many"]?.arrayValue?.count ?? 0) < 1000)
        #expect(value["b"] == .null)
        #expect(value["s"] == .string("FAILED"))
    }

    @Test(arguments: [
        ("", 0), ("   ", 3), ("{", 1), (#"{"secret-1": "#, 13), (#"{"a": secret-2}"#, 6), ("{'secret-3': 1}", 1),
        ("[1", 2), ("[1 2]", 3), ("<html>secret-4", 0), (#"{"a": "secret-5"#, 15), (#"{"a": 1} secret-6"#, 9),
        (#"{"a" 1}"#, 5), ("[1,]", 3), (#"{"a":1,}"#, 7), (#"{"x": [[["secret-7" "#, 20), ("tru", 0),
        (String(repeating: "[", count: 100_000), 100_000),
    ])
    func `what is not JSON is named with its byte, and not quoted`(text: String, offset: Int) throws {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("(byte \(offset))") == true)
    }

    @Test func `a text that is too long is refused`() {
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: Array(#""aaaa""#.utf8), limits: JSONLimits(depth: 1, values: 1, bytes: 5))
        }
    }

    @Test func `the later of two equal keys holds`() throws {
        #expect(try read(#"{"a":1,"b":2,"a":3}"#)["a"] == .integer(3))
    }

    /// Time grows with the size alone, whatever the bytes are: a megabyte of each takes less than a second.
    @Test(arguments: [
        "[", "{\"a\":", "[]", "\"", "\\", "\\u", "{", "0", "-", "NaN ", "e", "\0", "\u{FFFD}", "[[0],", "\"\\ud83d",
        "{\"\":",
    ])
    func `reading is linear`(unit: String) {
        let bytes = Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8)
        let clock = ContinuousClock()
        let time = clock.measure {
            _ = try? JSONValue(parsing: bytes, limits: .foreign)
            _ = try? JSONValue(parsing: Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8), limits: .foreign)
            _ = try? JSONValue(parsing: Array("[".utf8) + bytes, limits: .foreign)
            _ = try? JSONDocument(bytes)
        }
        #expect(time < .seconds(5))
    }

    /// Every reader takes whatever it is given, and what it reads can be written and read again.
    @Test func `100,000 mutations neither trap nor hang`() throws {
        var random = SeededGenerator(seed: 20_261_128)
        let seeds = [
            #"{"RequestId":"A-1","DBClusterId":"pm-1","DBClusterStatus":"FAILED","TaskInfo":[{"StartTime":"2026-11-24T08:00:00Z","RunningTimes":"{\"lr\":1e-4}"}],"n":[1,-2.5e3,true,null]}"#,
            #"{"a":"\ud83d\ude00\n\u4e2d","b":[[[{}]]],"c":-9223372036854775808,"d":1e400}"#,
        ].map { Array($0.utf8) }
        var read = 0
        for round in 0..<100_000 {
            let bytes = Mutation.apply(to: seeds[round % seeds.count], &random)
            _ = try? JSONDocument(bytes)
            guard let value = try? JSONValue(parsing: bytes, limits: .foreign) else { continue }
            read += 1
            let again = try JSONDocument(value.utf8()).value
            #expect(again.utf8() == value.utf8())
        }
        #expect(read > 5000)
    }
}
