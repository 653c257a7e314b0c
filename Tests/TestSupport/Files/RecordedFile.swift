import Foundation

/// A file beside the tests that holds what a program is to write, byte for byte, read by people at every change.
/// `POLARAI_RECORD=1` writes it anew.
package struct RecordedFile {
    private let file: URL

    /// - Parameters:
    ///   - path: begins at the folder of the test's own file.
    ///   - test: that file.
    package init(_ path: String, of test: String = #filePath) {
        file = URL(fileURLWithPath: test).deletingLastPathComponent().appending(path: path).standardized
    }

    /// What the file holds.
    ///
    /// - Parameter text: what it is to hold: written to it first if files are being recorded.
    package func text(recording text: String) throws -> String {
        if ProcessInfo.processInfo.environment["POLARAI_RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
