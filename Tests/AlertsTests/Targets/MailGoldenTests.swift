import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts

/// The mail of each event: its header as it goes over the wire, its parts decoded, as a reader shows them.
struct MailGoldenTests {
    @Test(arguments: Sample.every)
    func `each event`(event: StoredEvent) throws {
        try check(.alert(event), name: event.event.kind.rawValue)
    }

    @Test func `a digest`() throws {
        let events = Sample.every.enumerated().map { Sample.stored($1.event, seq: Int64(17 + $0)) }
        try check(.digest(Digest(events)), name: "digest")
    }

    @Test func `alerts that were held`() throws {
        let reasons = [HoldReason.silence(id: 3, comment: "host moves"), .hours(route: 0)]
        var events = [Sample.stored(Sample.event(.completed)), Sample.stored(Sample.event(.failed), seq: 18)]
        for index in events.indices { events[index].heldBy = reasons }
        try check(.alert(events[1]), name: "held")
        try check(.digest(Digest(events, reason: .held(by: reasons))), name: "held-digest")
    }

    @Test func `everything that a mail can show`() throws {
        var event = Sample.event(.stalled, name: "训练 <nightly>", labels: ["team": "nlp"])
        event.reason = .noNewStep(.seconds(1860))
        event.progress = TrainingProgress(step: 120, totalSteps: 400, epoch: 0.6)
        event.logLines = ["step 119 loss 0.4321", "step 120 loss 0.4320 <nan?>"]
        try check(.alert(Sample.stored(event)), name: "stalled-full")
    }

    private func check(_ message: Message, name: String) throws {
        var text = ""
        for language in Language.allCases {
            let settings = TargetSettings(
                name: "mail", kind: .email, urls: [Secret(.literal("smtp://localhost:2525"))], language: language,
                options: TargetOptions(
                    mail: MailOptions(from: "polarai@example.com", to: ["a@example.com", "b@example.com"])))
            let context = try ResolvedTarget(settings, read: TargetSample.read, now: Sample.now).context
            text += "# \(language.rawValue)\n\n" + Self.decoded(Email.mail(message, in: context).bytes) + "\n"
        }
        #expect(try text == RecordedFile("../Golden/email/\(name).txt").text(recording: text))
    }

    /// Base64 taken out of the parts, all else as it is.
    private static func decoded(_ mail: [UInt8]) -> String {
        var text = ""
        var base64: String?
        var isBody = false
        for line in String(decoding: mail, as: UTF8.self).components(separatedBy: "\r\n") {
            if line.hasPrefix("--=_") {
                text += base64.map(Self.plain) ?? ""
                base64 = nil
                isBody = false
            } else if isBody {
                base64 = (base64 ?? "") + line
                continue
            } else if line.isEmpty, text.contains("\n--=_") {
                isBody = true
            }
            text += line + "\n"
        }
        return text + (base64.map(Self.plain) ?? "")
    }

    private static func plain(_ base64: String) -> String {
        Data(base64Encoded: base64).map { String(decoding: $0, as: UTF8.self) } ?? "not base64: \(base64)\n"
    }
}
