import Files

/// Files of an operator's or a platform's that hold credentials.
enum CredentialFile {
    /// In bytes; a profile file of hundreds of profiles has less.
    private static let maximumSize = 1 << 20

    /// The text of a file.
    static func text(_ path: String) async throws(FileFault) -> String {
        decoded(try await FileReader.shared.read(path, maximumSize: maximumSize).bytes)
    }

    /// The text of a file, for which the caller's thread waits: for checks of the config, never for the daemon's loops.
    static func textNow(_ path: String) throws(FileFault) -> String {
        decoded(try FileReader.shared.readNow(path, maximumSize: maximumSize).bytes)
    }

    private static func decoded(_ bytes: [UInt8]) -> String {
        // Editors of other systems begin a text with a byte order mark.
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        return String(decoding: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self)
    }
}
