import Model

/// One request that a receiver got.
struct HookDelivery: Sendable {
    let number: Int
    let receiver: String
    let call: Call
    /// `accepted`, or what the receiver had against it.
    let verdict: String
    let outcome: String

    var json: JSONValue {
        .object([
            "n": .integer(Int64(number)), "hook": .string(receiver), "at": .string(call.at.rfc3339),
            "method": .string(call.method), "path": .string(call.target), "headers": call.headers.json,
            "body": .string(call.bodyText), "json": (try? JSONValue(parsing: call.body)) ?? .null,
            "verdict": .string(verdict), "answer": .string(outcome), "scheme": .string(call.scheme),
        ])
    }
}

/// The last deliveries of all receivers.
struct DeliveryBook: Sendable {
    private static let kept = 20_000
    private var deliveries: [HookDelivery] = []
    private var count = 0

    mutating func record(_ receiver: String, _ call: Call, verdict: String, outcome: String) -> HookDelivery {
        count += 1
        let delivery = HookDelivery(number: count, receiver: receiver, call: call, verdict: verdict, outcome: outcome)
        deliveries.append(delivery)
        if deliveries.count > Self.kept + 1000 { deliveries.removeFirst(1000) }
        return delivery
    }

    func list(receiver: String?, since: Int) -> [HookDelivery] {
        deliveries.filter { $0.number > since && (receiver == nil || $0.receiver == receiver) }
    }

    mutating func clear(receiver: String?) {
        deliveries.removeAll { receiver == nil || $0.receiver == receiver }
    }
}
