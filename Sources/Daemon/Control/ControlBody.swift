import Model

/// A request's body: an object of known keys.
struct ControlBody {
    private let members: [String: JSONValue]

    init(_ call: ControlCall, keys: Set<String>) throws(ControlReply) {
        guard let value = try? JSONValue(parsing: call.body), let members = value.objectValue else {
            throw .error(400, "the body must be a JSON object with \(Self.list(keys))")
        }
        if let unknown = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .error(400, "\(unknown) is not a key of this request; its keys are \(Self.list(keys))")
        }
        self.members = members
    }

    func text(_ key: String) throws(ControlReply) -> String? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw .error(400, "\(key) must be a string") }
        return text
    }

    func texts(_ key: String) throws(ControlReply) -> [String]? {
        try Self.texts(members[key], named: key)
    }

    private static func texts(_ value: JSONValue?, named key: String) throws(ControlReply) -> [String]? {
        guard let value, !value.isNull else { return nil }
        guard let items = value.arrayValue, items.allSatisfy({ $0.stringValue != nil }) else {
            throw .error(400, "\(key) must be a list of strings")
        }
        return items.compactMap(\.stringValue)
    }

    func flag(_ key: String) throws(ControlReply) -> Bool {
        switch members[key] {
        case nil, .null: return false
        case .bool(let flag): return flag
        default: throw .error(400, "\(key) must be true or false")
        }
    }

    /// Who asks, and what else they write.
    ///
    /// - Parameter peer: who asks if nobody is named.
    func note(peer: String?) throws(ControlReply) -> (author: String, comment: String?) {
        let author = try author(peer: peer)
        let written = try text("comment")
        do throws(OrderMistake) {
            var comment: String?
            if let written { comment = try OperatorText.comment(written) }
            return (try OperatorText.author(author), comment)
        } catch {
            throw .error(400, error.message)
        }
    }

    func silenceOrder(peer: String?) throws(ControlReply) -> SilenceOrder {
        let kinds: Set = ["cluster", "label", "event", "target"]
        let matchers = members["matchers"] ?? .object([:])
        guard let given = matchers.isNull ? [:] : matchers.objectValue else {
            throw .error(400, "matchers must be an object with \(Self.list(kinds))")
        }
        if let unknown = given.keys.sorted().first(where: { !kinds.contains($0) }) {
            throw .error(400, "matchers.\(unknown) is not a key of matchers; its keys are \(Self.list(kinds))")
        }
        guard let until = try text("until") else {
            throw .error(400, "set when it ends: {\"until\": \"2026-12-01T08:00:00+08:00\"}")
        }
        guard let end = Timestamp(rfc3339: until) else {
            throw .error(400, "until must be a time with its zone, like 2026-12-01T08:00:00+08:00")
        }
        guard let comment = try text("comment") else { throw .error(400, "give a reason: {\"comment\": \"…\"}") }
        let author = try author(peer: peer)
        return SilenceOrder(
            clusters: try Self.texts(given["cluster"], named: "matchers.cluster") ?? [],
            labels: try Self.texts(given["label"], named: "matchers.label") ?? [],
            events: try Self.texts(given["event"], named: "matchers.event") ?? [],
            targets: try Self.texts(given["target"], named: "matchers.target") ?? [],
            all: try flag("all"), until: end, comment: comment, author: author, drops: try flag("drop"))
    }

    func alertOrder() throws(ControlReply) -> AlertOrder {
        var order = AlertOrder(target: try text("target"))
        order.ids = try texts("ids")
        if let since = try text("since") {
            guard let time = Timestamp(rfc3339: since) else {
                throw .error(400, "since must be a time like 2026-11-24T08:00:00Z")
            }
            order.since = time
        }
        order.again = try flag("again")
        guard order.target != nil || order.ids?.isEmpty == false else {
            throw .error(400, "name the alerts: ids, or a target")
        }
        return order
    }

    private func author(peer: String?) throws(ControlReply) -> String {
        guard let author = try text("by") ?? peer else { throw .error(400, "name who does it: {\"by\": \"alice\"}") }
        return author
    }

    private static func list(_ keys: Set<String>) -> String {
        keys.sorted().joined(separator: ", ")
    }
}
