extension SilenceMatchers {
    /// `{"cluster": [], "label": ["team=nlp"], "event": [], "target": []}`.
    package var json: JSONValue {
        .object([
            "cluster": .strings(clusters), "label": .strings(labels.map(\.text)),
            "event": .strings(events.map(\.rawValue)), "target": .strings(targets),
        ])
    }

    /// Reads what `json` writes.
    ///
    /// - Returns: nil if a value is not a valid one, or is an event that this version does not know: such matchers would
    ///   match more than they say.
    package init?(_ json: JSONValue) {
        func texts(_ key: String) -> [String]? {
            guard let value = json[key] else { return [] }
            guard let items = value.arrayValue else { return nil }
            let texts = items.compactMap(\.stringValue)
            return texts.count == items.count ? texts : nil
        }
        guard case .object = json, let clusters = texts("cluster"), let labels = texts("label"),
            let events = texts("event"), let targets = texts("target")
        else { return nil }
        self.init(
            clusters: clusters, labels: labels.compactMap { Label($0) },
            events: events.compactMap { EventKind(rawValue: $0) },
            targets: targets)
        guard self.labels.count == labels.count, self.events.count == events.count else { return nil }
    }
}

/// A silence with the number of alerts that it holds now: an item of `silence list`.
package struct SilenceRow: Hashable, Sendable {
    package let silence: Silence
    package let held: Int

    package init(_ silence: Silence, held: Int) {
        self.silence = silence
        self.held = held
    }

    /// The members are a contract with scripts.
    package func json(at now: Timestamp) -> JSONValue {
        .object([
            "id": .integer(silence.id), "matchers": silence.matchers.json, "starts_at": JSONValue(silence.startsAt),
            "ends_at": JSONValue(silence.endsAt), "comment": .string(silence.comment), "by": .string(silence.author),
            "state": .string(silence.isActive(at: now) ? "active" : "ended"), "held": .integer(Int64(held)),
            "drop": .bool(silence.drops),
        ])
    }

    /// The answer to who ended it: as above, and `ended_before`, whether it was over already.
    ///
    /// - Parameter now: when it was ended.
    package func endedJSON(at now: Timestamp) -> JSONValue {
        guard case .object(var members) = json(at: now) else { return .null }
        members["ended_before"] = .bool(silence.endsAt < now)
        return .object(members)
    }
}

extension Acknowledgement {
    /// The member `acknowledged` of an event.
    package var json: JSONValue {
        .object(["at": JSONValue(at), "by": .string(author), "comment": JSONValue(comment)])
    }
}
