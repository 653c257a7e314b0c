import HTTPTransport
import Model
import Testing

struct HTTPHeadersTests {
    private let headers = HTTPHeaders(
        block: Array(
            "HTTP/1.1 200 OK\r\nX-Acs-Request-Id:  AB-1 \r\nDate: Tue, 24 Nov 2026 08:00:00 GMT\r\nx-empty:\r\nX-Twice: 1\nx-twice: 2\r\n\r\n"
                .utf8))

    @Test func `finds a header whatever the case`() {
        #expect(headers["x-acs-request-id"] == "AB-1")
        #expect(headers["X-ACS-REQUEST-ID"] == "AB-1")
        #expect(headers["x-acs-request"] == nil)
        #expect(headers["x-empty"] == "")
        #expect(headers["x-twice"] == "1")
    }

    @Test func `reads what it was made of`() {
        #expect(HTTPHeaders([HTTPHeader("A", "b"), HTTPHeader("C", "d")])["c"] == "d")
    }

    @Test func `reads and writes HTTP dates`() {
        #expect(headers.date?.rfc3339 == "2026-11-24T08:00:00.000Z")
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"] {
            #expect(HTTPDate.parse(text).map(HTTPDate.write) == text)
        }
        // The two obsolete forms, which a recipient must take.
        for text in ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(HTTPDate.parse(text)?.rfc3339 == "1994-11-06T08:49:37.000Z")
        }
        for text in [
            "", "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Wed, 31 Dec 1969 23:59:59 GMT",
        ] {
            #expect(HTTPDate.parse(text) == nil)
        }
    }

    @Test(arguments: [
        ("Tuesday, 24-Nov-26 08:01:00 GMT", 60_000), ("Tue Nov 24 08:01:00 2026", 60_000),
        ("120", 120_000), ("1.5", 1500), ("Tue, 24 Nov 2026 08:01:00 GMT", 60_000), ("0", nil), ("-5", nil),
        ("soon", nil), ("0.0004", 1), ("1e-120", nil), ("0x10", nil), ("1e9", nil), ("1.2.3", nil), (".", nil),
        ("Tue, 24 Nov 2026 07:00:00 GMT", nil), ("nan", nil), ("99999999999999999999", 1_000_000_000_000),
    ])
    func `reads how long to wait`(text: String, milliseconds: Int?) {
        let headers = HTTPHeaders([
            HTTPHeader("Retry-After", text), HTTPHeader("Date", "Tue, 24 Nov 2026 08:00:00 GMT"),
        ])
        // Our own clock is an hour ahead: the server's counts.
        let now = Timestamp(rfc3339: "2026-11-24T09:00:00Z") ?? Timestamp(milliseconds: 0)
        #expect(headers.retryAfter(at: now) == milliseconds.map { .milliseconds($0) })
    }
}
