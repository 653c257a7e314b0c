import Model

/// Times of the week: `hours` of a route, and when a summary is due.
extension ValueReader {
    /// - Parameter messageZone: the zone of times in messages; nil is UTC.
    func hours(messageZone: String?) -> WeeklyHours? {
        let example =
            #"{"timezone": "Asia/Shanghai", "windows": [{"days": "mon-fri", "from": "09:00", "to": "18:00"}]}"#
        guard let reader = object(HoursKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let windowExample = #"[{"days": "mon-fri", "from": "09:00", "to": "18:00"}]"#
        let zone = reader.read(.timezone) { $0.zone() }
        let windows = reader.require(.windows, "write a list such as \(windowExample)") { value in
            value.value.arrayValue?.isEmpty == true
                ? value.refuse("is an empty list, so that nothing is ever sent; write one such as \(windowExample)")
                : value.list(windowExample) { $0.window() }
        }
        warnAboutZone(isGiven: reader.has(.timezone), messageZone, at: reader.path(.timezone))
        guard let windows, !windows.isEmpty, zone != nil || !reader.has(.timezone) else { return nil }
        return WeeklyHours(zone: zone ?? .utc, windows: windows)
    }

    private func window() -> WeeklyHours.Window? {
        let example = #"{"days": "mon-fri", "from": "09:00", "to": "18:00"}"#
        guard let reader = object(WindowKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let days = reader.read(.days) { $0.days() }
        let from = reader.require(.from, "write a time such as \"09:00\"") { $0.timeOfDay() }
        let to = reader.require(.to, "write a time such as \"18:00\"") { $0.timeOfDay() }
        guard let from, let to, days != nil || !reader.has(.days) else { return nil }
        return WeeklyHours.Window(days: days ?? .everyDay, from: from, to: to)
    }

    /// - Parameters:
    ///   - target: reads the name of a target.
    ///   - messageZone: the zone of times in messages; nil is UTC.
    func summary(
        target: (ValueReader) -> String?, allTargets: [String], messageZone: String?
    ) -> SummarySettings? {
        let example = #"{"at": "09:00", "timezone": "Asia/Shanghai", "targets": ["chat"]}"#
        guard let reader = object(SummaryKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let time = reader.require(.at, "write a time such as \"09:00\"") { $0.timeOfDay() }
        let days = reader.read(.days) { $0.days() }
        let zone = reader.read(.timezone) { $0.zone() }
        let targets = reader.read(.targets) { $0.filledList(#"["chat"]"#, target) }
        warnAboutZone(isGiven: reader.has(.timezone), messageZone, at: reader.path(.timezone))
        guard let time else { return nil }
        return SummarySettings(
            at: DailyTime(time: time, days: days ?? .everyDay, zone: zone ?? .utc), targets: targets ?? allTargets)
    }

    /// Whoever set a zone for messages may expect it to hold here, too.
    private func warnAboutZone(isGiven: Bool, _ messageZone: String?, at path: ConfigPath) {
        guard !isGiven, let messageZone else { return }
        context.warning(
            path,
            "is not set, so these times are in UTC: \"timezone\" at the top level applies to messages only; write \"\(messageZone)\" or \"UTC\" here"
        )
    }

    private func days() -> WeekDays? {
        let wanted = "write days such as \"mon-fri\", \"sat,sun\" or \"mon-wed,sat\""
        guard let text = text(wanted) else { return nil }
        guard let days = WeekDays(text) else {
            return refuse("\(shown(text)) does not name days of the week; \(wanted)")
        }
        return days
    }

    private func timeOfDay() -> TimeOfDay? {
        let wanted = "write hours and minutes from \"00:00\" to \"23:59\""
        guard let text = text(wanted) else { return nil }
        guard let time = TimeOfDay(text) else {
            let hint = text == "24:00" ? "; midnight is \"00:00\"" : ""
            return refuse("\(shown(text)) is not a time of day; \(wanted)\(hint)")
        }
        return time
    }
}
