import Model

/// Markup that is well-formed and safe by the way it is made: what stands in the source is markup, what is interpolated is
/// text, and escaped.
///
/// Attributes are always quoted, as the escaping expects. Text goes nowhere into scripts or styles: there are none in a page.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package private(set) var bytes: [UInt8]

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) {
            bytes += literal.utf8
        }

        package mutating func appendInterpolation(_ text: String) {
            HTML.escape(text, into: &bytes)
        }

        package mutating func appendInterpolation(_ number: Int) {
            bytes += String(number).utf8
        }

        package mutating func appendInterpolation(_ html: HTML) {
            bytes += html.bytes
        }

        /// Nothing if it is nil.
        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { bytes += html.bytes }
        }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { bytes += part.bytes }
        }

        /// A text from outside: its direction must not spread to what stands beside it.
        package mutating func appendInterpolation(bdi text: String) {
            bytes += "<bdi>".utf8
            HTML.escape(text, into: &bytes)
            bytes += "</bdi>".utf8
        }
    }

    package init(stringLiteral value: String) {
        bytes = Array(value.utf8)
    }

    package init(stringInterpolation: StringInterpolation) {
        bytes = stringInterpolation.bytes
    }

    package static let nothing: HTML = ""

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package static func += (left: inout HTML, right: HTML) {
        left.bytes += right.bytes
    }

    /// Letter by letter of Unicode: a quote with a combining character behind it is one character of Swift, and no quote.
    private static func escape(_ text: String, into bytes: inout [UInt8]) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
            case 0x20..<0x7F: true
            default: false
            }
        }
        bytes += isPlain ? Array(text.utf8) : Array(SafeText.xml(text).utf8)
    }
}

extension Optional<String> {
    /// The text as one from outside, or a dash.
    package var orDash: HTML { self.map { "\(bdi: $0)" } ?? "–" }
}
