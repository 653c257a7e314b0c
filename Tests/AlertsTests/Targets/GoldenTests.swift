import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts

/// What each target sends for each event, byte for byte, JSON indented to be read: `Golden/<target>/<event>.txt`.
///
/// `POLARAI_RECORD=1` writes the files anew; read the difference before committing it.
struct GoldenTests {
    private struct Form {
        let title: String
        let isPlain: Bool
        let language: Language
    }

    private static func forms(_ kind: TargetKind) -> [Form] {
        let rich = Form(title: "rich, en", isPlain: false, language: .english)
        let plain = Form(title: "plain, en", isPlain: true, language: .english)
        let chinese = Form(title: "rich, zh", isPlain: false, language: .chinese)
        switch kind {
        // Programs read them: the words are the same, or there is no second form.
        case .webhook, .alertmanager, .command: return [rich]
        case .cloudMonitor: return [rich, chinese]
        // Their limits count bytes, of which Chinese has three to a character.
        case .dingtalk, .feishu, .wecom, .ntfy, .teams, .googleChat: return [rich, plain, chinese]
        default: return [rich, plain]
        }
    }

    @Test(arguments: TargetSample.kinds, Sample.every)
    func `each event`(kind: TargetKind, event: StoredEvent) throws {
        try check(.alert(event), kind, name: event.event.kind.rawValue)
    }

    @Test(arguments: TargetSample.kinds)
    func `a digest`(kind: TargetKind) throws {
        guard TargetRegistry.builtIn.target(for: kind).manners.digestCapacity != nil else { return }
        try check(
            .digest(Digest(Sample.every.enumerated().map { Sample.stored($1.event, seq: Int64(17 + $0)) })), kind,
            name: "digest")
    }

    @Test(arguments: TargetSample.kinds)
    func `alerts that were held`(kind: TargetKind) throws {
        let reasons = [HoldReason.silence(id: 3, comment: "host moves"), .hours(route: 0)]
        var single = Sample.stored(Sample.event(.failed))
        single.heldBy = reasons
        try check(.alert(single), kind, name: "held")
        guard
            TargetRegistry.builtIn.plan(for: TargetSample.settings(kind), read: TargetSample.read).groupCapacity != nil
        else {
            return
        }
        var events = [Sample.stored(Sample.event(.completed)), Sample.stored(Sample.event(.failed), seq: 18)]
        for index in events.indices { events[index].heldBy = reasons }
        try check(.digest(Digest(events, reason: .held(by: reasons))), kind, name: "held-digest")
    }

    /// With everything that the config can add.
    @Test(arguments: TargetSample.kinds)
    func `mentions, a keyword, labels, progress and log lines`(kind: TargetKind) throws {
        let mention: Mention =
            switch kind {
            case .slack: Mention(text: "<!here>")
            case .discord: Mention(text: "<@&99>")
            case .mattermost: Mention(text: "@channel")
            case .wecom: Mention(userIDs: ["zhangsan"])
            default: Mention(mobiles: ["13900000000"], userIDs: ["ou_1"])
            }
        var event = Sample.event(.stalled, labels: ["team": "nlp", "cost-centre": "4711"])
        event.reason = .noNewStep(.seconds(1860))
        event.progress = TrainingProgress(step: 120, totalSteps: 400, epoch: 0.6)
        event.logLines = ["step 119 loss 0.4321", "step 120 loss 0.4320 <nan?>"]
        let settings = TargetSample.settings(kind, mention: mention, keyword: "polarai")
        try check(.alert(Sample.stored(event)), kind, name: "stalled-full", settings: settings)
    }

    // MARK: -

    private func check(
        _ message: Message, _ kind: TargetKind, name: String, settings: TargetSettings? = nil
    ) throws {
        var text = ""
        for form in Self.forms(kind) {
            var settings = settings ?? TargetSample.settings(kind)
            settings.language = form.language
            text += "# \(form.title)\n"
            let requests = try TargetSample.requests(message, to: settings, asPlainText: form.isPlain)
            if requests.isEmpty { text += "\nnothing is sent\n" }
            for request in requests {
                text += "\nPOST \(request.url)\n"
                text += request.headers.map { "\($0.name): \($0.value)\n" }.joined() + "\n"
                text += Self.indented(Self.body(of: request)) + "\n"
            }
            text += "\n"
        }
        #expect(try text == RecordedFile("../Golden/\(kind.rawValue)/\(name).txt").text(recording: text))
    }

    /// The body; of a call without one, the parameters in its address.
    private static func body(of request: TargetRequest) -> String {
        guard let call = request.cloudCall else { return String(decoding: request.body, as: UTF8.self) }
        return call.query.split(separator: "&").map { PercentEncoding.decode($0) ?? "" }.joined(separator: "\n")
    }

    /// The JSON with line ends and indentation between its parts; nothing in it is changed.
    private static func indented(_ json: String) -> String {
        var text = ""
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: Unicode.Scalar?
        func newLine() { text += "\n" + String(repeating: "  ", count: depth) }
        for scalar in json.unicodeScalars {
            defer { previous = scalar }
            if let open = previous, !isInString, open == "{" || open == "[", scalar != "}", scalar != "]" { newLine() }
            if isInString {
                text.unicodeScalars.append(scalar)
                isInString = isEscaped || scalar != "\""
                isEscaped = !isEscaped && scalar == "\\"
                continue
            }
            switch scalar {
            case "{", "[":
                text.unicodeScalars.append(scalar)
                depth += 1
            case "}", "]":
                depth -= 1
                if previous != "{", previous != "[" { newLine() }
                text.unicodeScalars.append(scalar)
            case ",":
                text += ","
                newLine()
            case ":":
                text += ": "
            default:
                if scalar == "\"" { isInString = true }
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension StoredEvent: CustomTestStringConvertible {
    public var testDescription: String { event.kind.rawValue }
}
