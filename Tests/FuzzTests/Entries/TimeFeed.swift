import HTTPTransport
import Model
import Reports

/// Whatever is read as a time is written in a form that means the same.
enum TimeFeed {
    static func feed(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let time = Timestamp(rfc3339: text) {
            try BrokenRule.unless(Timestamp(rfc3339: time.rfc3339) == time, "\(text): \(time.rfc3339)")
        }
        if let time = Timestamp(outside: text) {
            try BrokenRule.unless(Timestamp(rfc3339: time.rfc3339) == time, "\(text) from outside: \(time.rfc3339)")
        }
        if let time = HTTPDate.parse(text) {
            try BrokenRule.unless(HTTPDate.parse(HTTPDate.write(time)) == time, "\(text): \(HTTPDate.write(time))")
        }
        if let duration = DurationText.parse(text) {
            let again = DurationText.parse(DurationText.write(duration))
            try BrokenRule.unless(duration >= .zero && again == duration, "\(text): \(duration), \(again ?? .zero)")
        }
        if let argument = TimeArgument(text, now: FedAPI.now) { _ = argument.time.rfc3339 }
        for headers in [
            [HTTPHeader("Retry-After", text)], [HTTPHeader("Retry-After", "60"), HTTPHeader("Date", text)],
            [HTTPHeader("Date", "Tue, 24 Nov 2026 08:00:00 GMT"), HTTPHeader("Retry-After", text)],
        ] {
            if let wait = HTTPHeaders(headers).retryAfter(at: FedAPI.now) {
                try BrokenRule.unless(wait > .zero && wait <= .longest, "\(text): a wait of \(wait)")
                _ = FedAPI.now.advanced(by: wait).rfc3339
            }
        }
    }
}
