extension StringProtocol {
    /// The text without white space and line ends at its ends. By scalar: a combining character does not hide a blank.
    package var trimmed: String {
        let scalars = unicodeScalars
        if let first = scalars.first, let last = scalars.last, Self.isPlain(first), Self.isPlain(last) {
            return String(self)
        }
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// Most texts begin and end with such a one.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0x20 && scalar.value < 0x7F }

    /// Without the full stops that would end the sentence around it.
    package var withoutFullStop: String {
        var scalars = Substring(self).unicodeScalars
        while let last = scalars.last, last == "." || last == "。" || last.properties.isWhitespace {
            scalars.removeLast()
        }
        return String(scalars)
    }

    /// Nil if the text is empty.
    package var nonEmpty: Self? { isEmpty ? nil : self }
}
