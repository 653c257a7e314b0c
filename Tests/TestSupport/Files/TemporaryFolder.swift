import Foundation

/// A folder that is gone when the last reference to it is.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter parent: where to make it; by default the system's temporary folder.
    /// - Throws: where that cannot be written.
    package init(in parent: String = FileManager.default.temporaryDirectory.path) throws {
        // Short: the path of a unix socket in it may have 107 bytes.
        let name = "polarai-" + String(UInt64.random(in: 0..<1 << 40), radix: 36)
        path = (parent as NSString).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    @discardableResult
    package func write(_ name: String, _ text: String, permissions: Int = 0o644) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file(name))
        return file(name)
    }

    /// The file's text; empty if there is none.
    package func read(_ name: String) -> String {
        (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? ""
    }
}
