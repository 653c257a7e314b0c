import Model

/// `overdue` of the whole config and of clusters, and `cost`.
struct OverdueDecoder {
    /// - Parameter base: what a key that is left out means.
    func decode(_ value: ValueReader, base: OverdueSettings = OverdueSettings()) -> OverdueSettings? {
        guard let reader = value.object(OverdueKey.self, example: #"{"max_runtime": "12h"}"#) else { return nil }
        reader.refuseUnknownKeys()
        var overdue = base
        if let longest = reader.read(.maxRuntime, { $0.durationOrOff() }) { overdue.maxRuntime = longest }
        if let multiple = reader.read(.slowerThan, multiple) { overdue.slowerThan = multiple }
        overdue.deadline = reader.read(.deadline) { $0.time() } ?? base.deadline
        return overdue
    }

    /// - Returns: nil if it cannot be read; `.some(nil)` for 0, which is never.
    private func multiple(_ value: ValueReader) -> Double?? {
        if value.wholeNumber == 0 { return .some(nil) }
        return value.number(in: 1...1000).map { .some($0) }
    }

    func cost(_ value: ValueReader) -> CostSettings? {
        let example = #"{"currency": "CNY", "per_hour": 98.0}"#
        guard let reader = value.object(CostKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        return CostSettings(
            currency: reader.read(.currency, currency) ?? CostSettings().currency,
            perHour: reader.read(.perHour) { $0.price() })
    }

    private func currency(_ value: ValueReader) -> String? {
        let wanted = "write the three letters of ISO 4217, such as \"CNY\" or \"USD\""
        guard let text = value.text(wanted) else { return nil }
        guard text.utf8.count == 3, text.utf8.allSatisfy({ $0.isLetter && !$0.isLowercaseLetter }) else {
            return value.refuse("\(value.shown(text)) is not a currency's code; \(wanted)")
        }
        return text
    }
}

extension ValueReader {
    /// What an hour of training costs.
    func price() -> Double? { number(in: 0...1_000_000_000) }

    /// A time with its zone.
    fileprivate func time() -> Timestamp? {
        let wanted = "write a time with its zone, such as \"2026-12-01T08:00:00+08:00\""
        guard let text = text(wanted) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            let lacksZone = Timestamp(rfc3339: text + "Z") != nil
            return refuse("\(shown(text)) \(lacksZone ? "has no zone" : "is not a valid time"); \(wanted)")
        }
        return time
    }
}
