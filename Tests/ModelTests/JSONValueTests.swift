import Foundation
import Model
import Testing

struct JSONValueTests {
    @Test func `reads every kind of value`() throws {
        let value = try JSONValue(parsing: Array(#"{"a":[1,-2.5,"x",true,null,{}],"b":9007199254740993}"#.utf8))
        #expect(value["a"] == .array([.integer(1), .number(-2.5), .string("x"), .bool(true), .null, .object([:])]))
        #expect(value["b"] == .integer(9_007_199_254_740_993))
    }

    @Test func `writes keys sorted and slashes as they are`() {
        let value = JSONValue.object(["b": .string("/m"), "a": .null])
        #expect(value.text() == #"{"a":null,"b":"/m"}"#)
    }

    @Test(arguments: ["", "{", "[1", "NaN", "{'a':1}", String(repeating: "[", count: 10_000)])
    func `refuses what is not JSON`(text: String) {
        #expect(throws: (any Error).self) { try JSONValue(parsing: Array(text.utf8)) }
    }
}
