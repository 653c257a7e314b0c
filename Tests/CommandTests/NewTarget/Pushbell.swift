import Model

@testable import Alerts

extension TargetKind {
    static let pushbell = TargetKind(
        "pushbell",
        TargetRules(
            keys: ["url"],
            options: [
                TargetOption("device_key", .secret, .required) { $0.utf8.count == 8 ? nil : "has not 8 characters" },
                TargetOption("sound", .text),
            ],
            hosts: ["api.pushbell.example"], aliases: ["bell"], urlIsPublic: true))
}

/// A service that nobody has: the one file that a new target needs.
struct Pushbell: AlertTarget {
    let kind = TargetKind.pushbell
    let manners = Manners(pace: Pace(RateLimit(count: 10, per: .seconds(60))), digestCapacity: 20)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        return [
            TargetRequest(
                url: try context.url(),
                json: .compact([
                    "device": .string(context.ownSecrets["device_key"] ?? ""),
                    "sound": context.options[text: "sound"].map { .string($0) }, "title": .string(card.title),
                    "text": .string(card.sentence),
                ]))
        ]
    }

    func judge(_ answer: Answer) -> Verdict {
        if answer.status == 200, answer.json?["rung"] == .bool(true) { return answer.verdict(.delivered) }
        return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "that it rang")
    }
}
