import Testing
import Wire

struct NumbersTests {
    @Test(
        arguments: [
            ("1.5", 1.5), (" -2e3\n", -2000), ("+7", 7), ("0", 0), ("nan", nil), ("inf", nil), ("1e400", nil),
            ("0x10", nil),
            ("", nil), ("1,5", nil), ("1 2", nil), ("infinity", nil), ("--1", nil),
        ] as [(String, Double?)])
    func `decimal numbers alone are numbers`(text: String, number: Double?) {
        #expect(Numbers.double(text) == number)
        #expect(JSONValue.string(text).numberValue == number)
    }

    @Test(arguments: [
        Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        9_223_372_036_854_775_808,
        -9_223_372_036_854_775_808, 1e19, -1e19, 0, -0.5, .leastNonzeroMagnitude,
    ])
    func `no number is too much for a conversion`(number: Double) {
        #expect(Int64(clamped: number) == (number.isNaN ? 0 : number > 9e18 ? .max : number < -9e18 ? .min : 0))
        #expect(Duration.clamped(seconds: number) <= .longest)
        #expect(Duration.clamped(milliseconds: number) >= .zero - .longest)
        #expect(Duration.seconds(3600).scaled(by: number) <= .longest)
        #expect(Duration.seconds(Int64.max).scaled(by: number) >= .zero - .longest)
        _ = Int(clamped: number)
    }

    @Test func `ordinary values pass unchanged`() {
        #expect(Duration.clamped(seconds: 1.5) == .milliseconds(1500))
        #expect(Duration.seconds(10).scaled(by: 0.25) == .milliseconds(2500))
        #expect(Duration.seconds(Int64.max).clamped == .longest)
        #expect(JSONValue.number(2).integerValue == 2)
        #expect(JSONValue.number(2.5).integerValue == nil)
        #expect(JSONValue.number(1e300).integerValue == nil)
        #expect(JSONValue.string(" 42 ").integerValue == 42)
        #expect(JSONValue.number(.nan).numberValue == nil)
    }
}
