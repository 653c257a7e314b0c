import Model
import Testing

struct DurationTextTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("1h30m", .seconds(5400)),
        ("2d", .seconds(172_800)),
        ("1m500ms", .milliseconds(60_500)), ("0s", .zero),
    ])
    func `reads what the contract shows`(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
        #expect(DurationText.parse(DurationText.write(expected)) == expected)
    }

    @Test(arguments: [
        "", "30", "s", "1m1h", "1h1h", "-5s", " 5s", "5 s", "1.5h", "99999999999999999999s", "9223372036854775807d",
        "3x",
    ])
    func `refuses what is not a duration`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
