import Model

/// A webhook's own body: a text with places like `{{data.cluster}}`, named by their path in the standard body.
package struct WebhookTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case place(path: String, isInString: Bool)
    }

    private let pieces: [Piece]
    /// A template that begins like a JSON object or array is one: what is filled in is escaped.
    let isJSON: Bool

    package init(_ template: String) {
        isJSON = template.trimmed.first.map { $0 == "{" && !template.trimmed.hasPrefix("{{") || $0 == "[" } ?? false
        var pieces: [Piece] = []
        var quotes = QuoteTracker()
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let path = rest[open.upperBound..<close.lowerBound].trimmed
            guard Self.isPath(path) else {
                // Braces that mean something else: JSON in JSON, say.
                let text = rest[..<rest.index(after: open.lowerBound)]
                quotes.read(text)
                pieces.append(.text(String(text)))
                rest = rest[text.endIndex...]
                continue
            }
            let text = rest[..<open.lowerBound]
            quotes.read(text)
            pieces.append(.text(String(text)))
            pieces.append(.place(path: path, isInString: quotes.isInString))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    /// The places that name nothing in the standard body, for `check-config`.
    package var unknownPlaces: [String] {
        let event = Event(kind: .failed, observedAt: Timestamp(milliseconds: 0))
        let sample = WebhookBody.json(StoredEvent(seq: 1, id: "", event: event), language: .english)
        return pieces.compactMap { piece in
            guard case .place(let path, _) = piece, !Self.mayExist(path, in: sample) else { return nil }
            return path
        }
    }

    /// - Parameter body: the standard body; a place that it does not have is null, or nothing in a plain text.
    func fill(from body: OrderedJSON) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .place(let path, let isInString): fill(Self.value(at: path, in: body) ?? .null, isInString: isInString)
            }
        }.joined()
    }

    private func fill(_ value: OrderedJSON, isInString: Bool) -> String {
        guard isJSON, !isInString else {
            let plain =
                switch value {
                case .null: ""
                case .string(let text): text
                default: value.text
                }
            guard isJSON else { return plain }
            var escaped = ""
            OrderedJSON.escape(plain, into: &escaped)
            return escaped
        }
        return value.text
    }

    private static func value(at path: String, in body: OrderedJSON) -> OrderedJSON? {
        path.split(separator: ".").reduce(Optional(body)) { value, key in
            if case .array(let items)? = value, let index = Int(key) {
                return items.indices.contains(index) ? items[index] : nil
            }
            return value?[String(key)]
        }
    }

    /// Labels, progress and the items of lists differ from event to event.
    private static func mayExist(_ path: String, in sample: OrderedJSON) -> Bool {
        let open = ["data.labels.", "data.progress.", "data.model_paths.", "data.log_lines."]
        return value(at: path, in: sample) != nil || open.contains { path.hasPrefix($0) }
    }

    private static func isPath(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "._-/".contains($0) }
    }
}

/// Tells whether the end of a JSON text read so far is within a string.
private struct QuoteTracker {
    private(set) var isInString = false
    private var isEscaped = false

    mutating func read(_ text: Substring) {
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\", isInString {
                isEscaped = true
            } else if scalar == "\"" {
                isInString.toggle()
            }
        }
    }
}
