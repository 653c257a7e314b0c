import Model

/// A webhook's message as a CloudEvent: CloudEvents 1.0 in the structured JSON format, never a batch.
///
/// Attributes without a value are left out: null and empty ones are not allowed (CloudEvents 1.0.2, "Attributes").
enum CloudEvent {
    static let contentType = "application/cloudevents+json; charset=utf-8"

    /// - Parameter standard: the standard body of the same message, whose `data` it carries.
    static func json(_ message: Message, standard: OrderedJSON) -> OrderedJSON {
        let (event, type) = subject(of: message)
        return .compact([
            "specversion": "1.0",
            "id": .string(message.id),
            "source": .string(source(of: message)),
            "type": .string("io.polarai.task.\(type).v1"),
            "subject": event?.cluster.map { .string($0.rawValue) },
            "time": event.map { .string($0.observedAt.rfc3339) },
            "datacontenttype": "application/json",
            "data": standard["data"] ?? .null,
        ])
    }

    /// `//polarai/<installation>/<account>/<region>`: with the id, it names an event uniquely.
    private static func source(of message: Message) -> String {
        let installation = message.id.prefix { $0 != "-" }
        let places = events(of: message).map { [$0.account, $0.region].compactMap { $0 } }
        var source = "//polarai/\(installation)"
        // A digest of several accounts, and a target's own event, belong to the installation as a whole.
        if let place = places.first, place.count == 2, places.allSatisfy({ $0 == place }) {
            source += "/" + place.map { PercentEncoding.encode($0) }.joined(separator: "/")
        }
        return source
    }

    private static func subject(of message: Message) -> (event: Event?, type: String) {
        switch message {
        case .alert(let stored): (stored.event, stored.event.kind.rawValue)
        case .digest(let digest):
            (digest.events.last.map { Event(kind: $0.event.kind, observedAt: $0.event.observedAt) }, "digest")
        }
    }

    private static func events(of message: Message) -> [Event] {
        switch message {
        case .alert(let stored): [stored.event]
        case .digest(let digest): digest.events.map(\.event)
        }
    }
}
