import Model
import Testing

struct HTTPDateTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 UTC",
    ])
    func `the three forms of RFC 9110`(text: String) {
        #expect(HTTPDate.parse(text)?.rfc3339 == "1994-11-06T08:49:37.000Z")
    }

    @Test func `two digits of a year are of this century up to 69`() {
        #expect(HTTPDate.parse("Tuesday, 24-Nov-26 08:00:00 GMT")?.rfc3339 == "2026-11-24T08:00:00.000Z")
    }

    @Test(arguments: [
        "", "now", "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 +8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 9223372036854775807",
    ])
    func `what is not a date`(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test func `what is written is read`() {
        let time = Timestamp(milliseconds: 1_795_507_200_000)
        #expect(HTTPDate.parse(HTTPDate.write(time)) == time)
    }
}
