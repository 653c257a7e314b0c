import Model

extension JSONFields {
    /// The end of credentials: RFC 3339, or a count since 1970 in seconds, or in a smaller unit as some programs write it.
    ///
    /// - Returns: nil if there is none, or it is not a time between 2000 and 2100.
    func expiration(_ key: String) -> Timestamp? {
        if let time = time(key) { return time }
        guard let count = integer(key) else { return nil }
        for perSecond in [1, 1000, 1_000_000, 1_000_000_000] as [Int64] {
            let seconds = count / perSecond
            guard Self.plausibleSeconds.contains(seconds) else { continue }
            return Timestamp(milliseconds: seconds * 1000 + count % perSecond * 1000 / perSecond)
        }
        return nil
    }

    private static let plausibleSeconds: ClosedRange<Int64> = 946_684_800...4_102_444_800
}
