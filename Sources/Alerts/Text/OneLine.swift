import Model

extension String {
    /// One line, fit for a message: without line ends and control characters, which would let a task's name forge lines,
    /// and without invisible format characters, which turn the direction of what follows or hide part of it.
    ///
    /// The two joiners stay, since emoji and several scripts are written with them, and so do the tags of flags.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if (0x20..<0x7F).contains(scalar.value) {
                line.append(scalar)
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            case .format where !Self.isJoinerOrTag(scalar): continue
            default: line.append(scalar)
            }
        }
        return String(line).trimmed
    }

    private static func isJoinerOrTag(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D || (0xE0020...0xE007F).contains(scalar.value)
    }
}
