import ArgumentParser
import Glibc
import Model

/// A time on the command line: how long ago (`2h`), RFC 3339 (`2026-11-24T08:00:00Z`), or local
/// (`2026-11-24 16:00`, `2026-11-24`).
struct TimeArgument: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        let text = argument.trimmed
        if let ago = DurationText.parse(text) {
            time = Self.now.advanced(by: .zero - ago)
        } else if let exact = Timestamp(rfc3339: text) {
            time = exact
        } else if let local = Self.local(text) {
            time = local
        } else {
            return nil
        }
    }

    static var now: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// `YYYY-MM-DD[ HH:MM[:SS]]` in the local time zone.
    private static func local(_ text: String) -> Timestamp? {
        let missing =
            switch text.count {
            case 10: " 00:00:00"
            case 16: ":00"
            default: ""
            }
        // Read as if it were UTC, which checks every field; then the fields are the local ones.
        guard let asUTC = Timestamp(rfc3339: text + missing + "Z") else { return nil }
        var seconds = time_t(asUTC.seconds)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return nil }
        // Whether it is summer time then is for the time zone to say.
        parts.tm_isdst = -1
        let local = mktime(&parts)
        return Timestamp(milliseconds: Int64(local) * 1000)
    }
}
