import Model

/// What a template's body is, and how a value is written into it.
enum TemplateFormat: Hashable, Sendable {
    case json, form, xml, plain

    /// By the `Content-Type` if it is one of these, else by how the template begins.
    init(_ template: String, contentType: String?) {
        let media = contentType.map { $0.halves(at: ";").0.trimmed.lowercased() } ?? ""
        switch media {
        case "application/x-www-form-urlencoded": self = .form
        case "text/plain": self = .plain
        case "application/xml", "text/xml", "text/html": self = .xml
        case "application/json", "text/json": self = .json
        case _ where media.hasSuffix("+json"): self = .json
        case _ where media.hasSuffix("+xml"): self = .xml
        default:
            let text = template.trimmed
            switch text.unicodeScalars.first {
            case "[": self = .json
            case "{" where !text.hasPrefix("{{"): self = .json
            case "<": self = .xml
            default: self = .plain
            }
        }
    }

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .form: "application/x-www-form-urlencoded"
        case .xml: "application/xml; charset=utf-8"
        case .plain: "text/plain; charset=utf-8"
        }
    }

    func write(_ value: OrderedJSON, in surroundings: TemplateScanner.Surroundings) -> String {
        let text =
            switch value {
            case .null: ""
            case .string(let text): text
            default: value.text
            }
        switch self {
        case .json:
            return surroundings.isInString ? Self.inJSONString(text) : value.text
        case .form:
            // JSON in a field of a form: `payload={"text": "{{data.message}}"}`.
            return PercentEncoding.encode(surroundings.isInString ? Self.inJSONString(text) : text)
        case .xml:
            return Self.xml(text, isInCDATA: surroundings.isInCDATA)
        case .plain:
            return text
        }
    }

    private static func inJSONString(_ text: String) -> String {
        var escaped = ""
        OrderedJSON.escape(text, into: &escaped)
        return escaped
    }

    /// Within CDATA there are no entities: each `>` stands outside of it, so that none can end it.
    private static func xml(_ text: String, isInCDATA: Bool) -> String {
        Markup.replacing(in: text) { scalar in
            switch scalar {
            case ">": isInCDATA ? "]]>&gt;<![CDATA[" : "&gt;"
            case "&": isInCDATA ? nil : "&amp;"
            case "<": isInCDATA ? nil : "&lt;"
            case "\"": isInCDATA ? nil : "&quot;"
            case "'": isInCDATA ? nil : "&#39;"
            case "\t", "\n": nil
            case "\r": isInCDATA ? "\n" : "&#13;"
            // XML 1.0, production 2, has no place for these.
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
            default: nil
            }
        }
    }
}

/// Reads a template's own text up to a place and knows what the place stands in.
struct TemplateScanner: Sendable {
    struct Surroundings: Hashable, Sendable {
        /// Within the quotes of a JSON string.
        var isInString = false
        var isInCDATA = false
    }

    private(set) var surroundings = Surroundings()
    private var isEscaped = false
    /// The last scalars, as many as `<![CDATA[` has.
    private var recent: [Unicode.Scalar] = []

    private static let opening = Array("<![CDATA[".unicodeScalars)
    private static let closing = Array("]]>".unicodeScalars)

    mutating func read(_ text: Substring.UnicodeScalarView) {
        for scalar in text {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\", surroundings.isInString {
                isEscaped = true
            } else if scalar == "\"" {
                surroundings.isInString.toggle()
            }
            recent.append(scalar)
            if recent.count > Self.opening.count { recent.removeFirst() }
            if recent == Self.opening {
                surroundings.isInCDATA = true
            } else if recent.suffix(Self.closing.count).elementsEqual(Self.closing) {
                surroundings.isInCDATA = false
            }
        }
    }
}
