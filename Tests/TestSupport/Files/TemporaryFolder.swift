import Foundation

/// A folder of its own, gone with the last reference to it.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter parent: where to make it; by default the system's temporary folder.
    /// - Throws: where that cannot be written.
    package init(in parent: String = NSTemporaryDirectory()) throws {
        // Short: a unix socket's path may have 107 bytes.
        let name = "polarai-" + String(UInt64.random(in: 0..<1 << 40), radix: 36)
        path = (parent as NSString).appendingPathComponent(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func file(_ name: String) -> String {
        path + "/" + name
    }

    /// Writes a file and gives its path.
    @discardableResult
    package func write(_ text: String, to name: String, permissions: Int = 0o644) throws -> String {
        let path = file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    /// The file's text; empty where there is none.
    package func read(_ name: String) -> String {
        (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? ""
    }
}
