import Model

/// What is filled in at a place of a reason: in Chinese if it is ours, as it is otherwise.
enum FilledIn {
    /// Whether any text may stand at a place, also one with semicolons and colons.
    static func isFree(_ place: String) -> Bool {
        ["words", "tried", "call", "cause", "fault"].contains(place)
    }

    static func chinese(_ value: Substring, as place: String) -> String {
        switch place {
        case "words": String(value)
        case "time": duration(value)
        // ` (InvalidApi.NotFound)`
        case "coded", "reason": coded(value) ?? String(value)
        case "cause": ReasonInChinese.text(String(value)) ?? "“\(value)”"
        case "fault": phrase(value) ?? "“\(value)”"
        case "tried": tried(value)
        case "call": call(value)
        case "origin": origin(value)
        case "action": action(value)
        case "mistake": mistake(value)
        case "event": event(value)
        case "over": over(value)
        case "part", "place", "profile", "role", "wish", "names", "file", "subject", "expected":
            phrase(value) ?? withCode(value) ?? String(value)
        // Names, ids and addresses, whatever they are called.
        default: withCode(value) ?? String(value)
        }
    }

    /// `1h30m` in words, unless words would be less exact.
    private static func duration(_ text: Substring) -> String {
        guard let duration = DurationText.parse(String(text)), duration >= .seconds(1) else { return String(text) }
        let parts = text.count { $0.isLetter }
        return parts > 2 || text.hasSuffix("ms") ? String(text) : Chinese().duration(duration)
    }

    private static func phrase(_ value: Substring) -> String? {
        translations.lazy.compactMap { $0.applied(to: value) }.first
    }

    private static func coded(_ value: Substring) -> String? {
        guard value.hasPrefix(" ("), value.hasSuffix(")") else { return nil }
        return "（\(code(value.dropFirst(2).dropLast()))）"
    }

    private static func code(_ text: Substring) -> String {
        text.hasPrefix("status ") ? "状态码 \(text.dropFirst(7))" : String(text)
    }

    /// `HEAD (CODE)`.
    private static func withCode(_ value: Substring) -> String? {
        guard value.hasSuffix(")"), let place = value.firstRange(of: " (") else { return nil }
        return "\(value[..<place.lowerBound])（\(code(value[place.upperBound...].dropLast()))）"
    }

    /// A place where credentials come from, and the API's code behind it.
    private static func origin(_ value: Substring) -> String {
        guard value.hasSuffix(")"), let place = value.ranges(of: " (").last else {
            return phrase(value) ?? String(value)
        }
        let tail = value[place.upperBound...].dropLast()
        guard tail.hasPrefix("status ") || tail.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" })
        else { return phrase(value) ?? String(value) }
        let head = value[..<place.lowerBound]
        return (phrase(head) ?? String(head)) + "，\(code(tail))"
    }

    /// `DescribeX for pm-… (CODE)`.
    private static func action(_ value: Substring) -> String {
        guard let found = value.firstRange(of: " for ") else { return withCode(value) ?? String(value) }
        let (action, subject) = (value[..<found.lowerBound], value[found.upperBound...])
        guard subject.hasSuffix(")"), let place = subject.firstRange(of: " (") else { return "\(action)（\(subject)）" }
        return "\(action)（\(subject[..<place.lowerBound])，\(code(subject[place.upperBound...].dropLast()))）"
    }

    /// `AssumeRole with credentials from ORIGIN (CODE): what STS says`.
    private static func call(_ value: Substring) -> String {
        let said = value.firstRange(of: "): ")
        let own = said.map { Substring("\(value[..<$0.lowerBound]))") } ?? value
        let called: String =
            if let found = own.firstRange(of: " with credentials from ") {
                "\(own[..<found.lowerBound])（凭证来自\(origin(own[found.upperBound...]))）"
            } else {
                action(own)
            }
        guard let said else { return called }
        let words = "STS 返回“\(value[said.upperBound...])”"
        return called.hasSuffix("）") ? "\(called.dropLast())；\(words)）" : "\(called)（\(words)）"
    }

    /// The name of an event: `stall_ended`.
    private static func event(_ value: Substring) -> String {
        EventKind(rawValue: String(value)).map { Chinese().word(for: $0) } ?? String(value)
    }

    /// What ended a problem, with its id: `stall_ended, k3v9x2ab-31`.
    private static func over(_ value: Substring) -> String {
        guard let comma = value.firstRange(of: ", ") else { return "“\(value)”" }
        return "\(event(value[..<comma.lowerBound]))，见 \(value[comma.upperBound...])"
    }

    /// `ORIGIN contains a space`.
    private static func mistake(_ value: Substring) -> String {
        for verb in [" is longer than ", " contains "] {
            guard let place = value.firstRange(of: verb) else { continue }
            let fault = value[value.index(after: place.lowerBound)...]
            return "\(origin(value[..<place.lowerBound]))：\(phrase(fault) ?? "“\(fault)”")"
        }
        return "“\(value)”"
    }

    /// The places that the default chain has tried: `NAME: why not; NAME: why not`.
    private static func tried(_ value: Substring) -> String {
        let found = links.compactMap { link in
            value.firstRange(of: "\(link.english): ").map { (link: link, range: $0) }
        }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        guard found.first?.range.lowerBound == value.startIndex else { return "“\(value)”" }
        let items = found.enumerated().map { index, item -> String in
            let end = index + 1 < found.count ? found[index + 1].range.lowerBound : value.endIndex
            guard item.range.upperBound <= end else { return item.link.chinese }
            var words = value[item.range.upperBound..<end]
            if words.hasSuffix("; ") { words = words.dropLast(2) }
            // Of a chain within a chain nothing is known.
            let isChain = words.contains("no credentials found")
            let chinese = phrase(words) ?? (isChain ? nil : ReasonInChinese.text(String(words)))
            return "\(item.link.chinese)：\(chinese ?? "“\(words)”")"
        }
        return items.joined(separator: "；")
    }

    /// As the default chain names them.
    private static let links: [(english: String, chinese: String)] = [
        ("environment", "环境变量"), ("OIDC", "OIDC"), ("CLI profile", "CLI profile"), ("credentials file", "凭证文件"),
        ("ECS role", "ECS 实例角色"), ("credentials URI", "凭证 URI"),
    ]

    private static let translations = phrases.map(Translation.init)
}
