import Model
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2026-11-24T08:00:00.123Z", 1_795_507_200_123),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-03-01T00:00:00.000Z", 951_868_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func `writes and reads RFC 3339 in UTC with milliseconds`(text: String, milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        arguments: [
            ("2025-11-12T03:45:13Z", 1_762_919_113_000), ("2025-11-12t03:45:13.5z", 1_762_919_113_500),
            ("2025-11-12T11:45:13+08:00", 1_762_919_113_000), ("2025-11-12T03:45:13.123456789Z", 1_762_919_113_123),
        ] as [(String, Int64)])
    func `reads the other forms RFC 3339 allows`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2025-11-12", "2025-13-12T03:45:13Z", "2025-02-29T03:45:13Z", "2025-11-12T24:00:00Z", "2025-11-12T03:45:13",
        "2025-11-12T03:45:13.Z", "2025-11-12T03:45:13Zx", "8:00Z", "2025-11-12T03:60:13Z",
    ])
    func `refuses what is not a time`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `seconds round down before 1970 too`() {
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(milliseconds: 1999).seconds == 1)
    }

    @Test func `sums clamp where they would overflow`() {
        #expect(Timestamp(milliseconds: .max).advanced(by: .seconds(1)).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).advanced(by: .seconds(-1)).milliseconds == .min)
    }
}
