import Files

/// Files of an operator's or a platform's that hold credentials.
enum CredentialFile {
    /// In bytes; a profile file of hundreds of profiles has less.
    private static let maximumSize = 1 << 20

    /// The text of a file.
    static func text(_ path: String) async throws(FileFault) -> String {
        let bytes = try await FileReader.shared.read(path, maximumSize: maximumSize).bytes
        // Editors of other systems begin a text with a byte order mark.
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        return String(decoding: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self)
    }
}
