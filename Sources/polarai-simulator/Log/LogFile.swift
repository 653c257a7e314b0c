import Foundation
import Model

/// Appends JSON lines to a file.
struct LogFile: Sendable {
    private let handle: FileHandle

    /// - Throws: if the file can be neither opened nor made.
    init(path: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// One line, written at once, so that lines of several programs do not mix.
    func append(_ line: JSONValue) {
        try? handle.write(contentsOf: Data((line.text() + "\n").utf8))
    }
}
