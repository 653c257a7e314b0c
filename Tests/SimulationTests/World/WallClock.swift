/// The clocks on the walls of a place, from a table of when they are changed: what the product's reading of the time zone
/// database is held against.
struct WallClock: Sendable {
    /// The IANA name.
    let name: String
    /// In ascending order; what holds before the second holds from ever on.
    private let spans: [Span]

    /// From when on, in seconds since 1970-01-01T00:00:00Z, clocks are how many seconds ahead of UTC.
    private struct Span {
        let from: Int64
        let ahead: Int64
    }

    /// A change of the clocks.
    struct Change {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        let at: Int64
        /// In seconds; negative where an hour is repeated.
        let forward: Int64
    }

    /// - Parameter minutes: ahead of UTC at the beginning of 2026, and from each time on.
    private init(_ name: String, _ minutes: Int64, _ changes: [(from: Int64, minutes: Int64)] = []) {
        self.name = name
        spans =
            [Span(from: .min, ahead: minutes * 60)] + changes.map { Span(from: $0.from, ahead: $0.minutes * 60) }
    }

    static let utc = WallClock("UTC", 0)
    static let shanghai = WallClock("Asia/Shanghai", 480)

    /// Places that change their clocks, in both hemispheres: by an hour and by half an hour, at midnight, from an offset with
    /// half an hour, and with the name of standard time in summer. From 2026 to 2027.
    static let changing = [
        // 2026-03-08, 2026-11-01, 2027-03-14 and 2027-11-07 at 02:00.
        WallClock(
            "America/New_York", -300,
            [(1_772_953_200, -240), (1_793_512_800, -300), (1_805_007_600, -240), (1_825_567_200, -300)]),
        WallClock(
            "America/St_Johns", -210,
            [(1_772_947_800, -150), (1_793_507_400, -210), (1_805_002_200, -150), (1_825_561_800, -210)]),
        // 2026-04-04, 2026-09-05, 2027-04-03 and 2027-09-04 at 24:00.
        WallClock(
            "America/Santiago", -180,
            [(1_775_358_000, -240), (1_788_667_200, -180), (1_806_807_600, -240), (1_820_116_800, -180)]),
        // 2026-03-29, 2026-10-25, 2027-03-28 and 2027-10-31 at 01:00 UTC.
        WallClock(
            "Europe/Berlin", 60,
            [(1_774_746_000, 120), (1_792_890_000, 60), (1_806_195_600, 120), (1_824_944_400, 60)]),
        WallClock(
            "Europe/Dublin", 0,
            [(1_774_746_000, 60), (1_792_890_000, 0), (1_806_195_600, 60), (1_824_944_400, 0)]),
        // 2026-04-05 at 03:00, 2026-10-04 at 02:00, 2027-04-04 at 03:00 and 2027-10-03 at 02:00.
        WallClock(
            "Australia/Sydney", 660,
            [(1_775_318_400, 600), (1_791_043_200, 660), (1_806_768_000, 600), (1_822_492_800, 660)]),
        // On the same days at 02:00, by half an hour.
        WallClock(
            "Australia/Lord_Howe", 660,
            [(1_775_314_800, 630), (1_791_041_400, 660), (1_806_764_400, 630), (1_822_491_000, 660)]),
    ]

    var changes: [Change] {
        zip(spans, spans.dropFirst()).map { Change(at: $1.from * 1000, forward: $1.ahead - $0.ahead) }
    }

    /// The first moment at which the clocks show a local time or a later one: of a time that is skipped the moment of the
    /// jump, of one that is shown twice the first.
    ///
    /// - Parameter local: in seconds since 1970-01-01T00:00:00 of the same clock.
    /// - Returns: in seconds since 1970-01-01T00:00:00Z.
    func first(showing local: Int64) -> Int64 {
        for (span, next) in zip(spans, spans.dropFirst()) where next.from + span.ahead > local {
            return max(span.from, local - span.ahead)
        }
        guard let last = spans.last else { return local }
        return max(last.from, local - last.ahead)
    }

    /// The day that the clocks show, counted from 1970-01-01.
    func day(at seconds: Int64) -> Int64 {
        let ahead = spans.last { $0.from <= seconds }?.ahead ?? 0
        let local = seconds + ahead
        return local / 86_400
    }
}
