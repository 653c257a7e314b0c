package import Model

/// The silences that are known, ready to be asked which of them match an alert.
package struct Silences: Sendable {
    private let entries: [Entry]

    package init(_ silences: [Silence] = []) {
        entries = silences.map(Entry.init)
    }

    /// Those that are active at a time and match an event's alert to a target.
    func matching(_ event: Event, target: String, at now: Timestamp) -> [Silence] {
        entries.filter { $0.silence.isActive(at: now) && $0.matches(event, target: target) }.map(\.silence)
    }

    private struct Entry: Sendable {
        let silence: Silence
        private let clusters: [Glob]

        init(_ silence: Silence) {
            self.silence = silence
            clusters = silence.matchers.clusters.map { Glob($0) }
        }

        /// Values of one kind are alternatives, different kinds must all match. An event without a cluster matches no
        /// cluster and no label. An escalated event is matched by its own kind and by that of its original.
        func matches(_ event: Event, target: String) -> Bool {
            let matchers = silence.matchers
            if !clusters.isEmpty {
                guard let cluster = event.cluster,
                    clusters.contains(where: { $0.matches(cluster.rawValue) || event.name.map($0.matches) == true })
                else { return false }
            }
            if !matchers.labels.isEmpty, !matchers.labels.contains(where: { event.labels[$0.key] == $0.value }) {
                return false
            }
            if !matchers.events.isEmpty, !matchers.events.contains(event.kind),
                !matchers.events.contains(event.troubleKind)
            {
                return false
            }
            return matchers.targets.isEmpty || matchers.targets.contains(target)
                || Planted.isOn(.silenceOfOtherTargets)
        }
    }
}
