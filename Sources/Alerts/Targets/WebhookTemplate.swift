import Model

/// A webhook's own body: a text with places like `{{data.cluster}}`, named by their path in the standard body.
///
/// What is filled in is escaped for what the body is: by its `Content-Type`, or by how the template begins.
package struct WebhookTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case place(path: String, TemplateScanner.Surroundings)
    }

    private let pieces: [Piece]
    let format: TemplateFormat

    /// - Parameter contentType: the `Content-Type` that the config sets; nil if it sets none.
    package init(_ template: String, contentType: String? = nil) {
        format = TemplateFormat(template, contentType: contentType)
        var pieces: [Piece] = []
        var scanner = TemplateScanner()
        var rest = template.unicodeScalars[...]
        while let open = Self.firstPair("{", in: rest),
            let close = Self.firstPair("}", in: rest[rest.index(open, offsetBy: 2)...])
        {
            let path = String(rest[rest.index(open, offsetBy: 2)..<close]).trimmed
            let isPlace = Self.isPath(path)
            // Braces that mean something else (JSON in JSON, for example) lose one brace to the text and are read on.
            let end = isPlace ? open : rest.index(after: open)
            let text = rest[..<end]
            scanner.read(text)
            pieces.append(.text(String(text)))
            if isPlace { pieces.append(.place(path: path, scanner.surroundings)) }
            rest = isPlace ? rest[rest.index(close, offsetBy: 2)...] : rest[end...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    /// If the config sets no `Content-Type`.
    var defaultContentType: String { format.contentType }

    /// Whether a value of the standard body has a place in it.
    func hasPlace(for path: String) -> Bool {
        pieces.contains { if case .place(path, _) = $0 { true } else { false } }
    }

    /// - Parameter body: the standard body; a place that it does not have is null, or nothing in other formats than JSON.
    func fill(from body: OrderedJSON) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .place(let path, let surroundings):
                format.write(Self.value(at: path, in: body) ?? .null, in: surroundings)
            }
        }.joined()
    }

    // MARK: - Checking

    /// What is wrong with a template, found by filling it with samples, in words that quote none of it; nil if nothing is.
    package static func mistake(in template: String, contentType: String?) -> String? {
        let filled = WebhookTemplate(template, contentType: contentType)
        guard filled.format == .json else { return nil }
        for sample in [TemplateSample.full, TemplateSample.empty] {
            guard (try? JSONDocument(Array(filled.fill(from: sample).utf8))) != nil else {
                return "is not valid JSON once its places are filled; check quotes, commas and brackets (a string is "
                    + "written \"{{data.name}}\", a number or list {{data.duration_seconds}}), or set the header "
                    + "Content-Type if it is not meant to be JSON"
            }
        }
        return nil
    }

    private static func value(at path: String, in body: OrderedJSON) -> OrderedJSON? {
        path.split(separator: ".").reduce(Optional(body)) { value, key in
            if case .array(let items)? = value, let index = Int(key) {
                return items.indices.contains(index) ? items[index] : nil
            }
            return value?[String(key)]
        }
    }

    private static func isPath(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || "._-/".unicodeScalars.contains($0)
            }
    }

    private static func firstPair(
        _ brace: Unicode.Scalar, in text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView.Index? {
        text.indices.first { index in
            let next = text.index(after: index)
            return text[index] == brace && next < text.endIndex && text[next] == brace
        }
    }
}
