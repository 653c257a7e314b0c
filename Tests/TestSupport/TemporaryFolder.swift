import Foundation

/// A folder of its own for one test, removed with its contents when the value goes.
package final class TemporaryFolder: Sendable {
    /// Without a slash at the end.
    package let path: String

    package init() throws {
        var template = Array((NSTemporaryDirectory() + "polarai-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }
}
