import Foundation

/// Where programs are.
package enum ProgramPath {
    package struct NotFound: Error, CustomStringConvertible {
        package let description: String
    }

    /// A program of this package, from the folder in which the running tests were built.
    ///
    /// - Throws: `NotFound` where it was not built.
    package static func built(_ name: String) throws -> String {
        for folder in buildFolders {
            let path = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw NotFound(description: "\(name) is in none of \(buildFolders.joined(separator: ", ")); build it first")
    }

    /// A program of the system, from `$PATH`.
    package static func system(_ name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(
            separator: ":")
        for folder in folders {
            let path = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: String(path)) { return String(path) }
        }
        throw NotFound(description: "\(name) is not installed")
    }

    /// The package's own folder, for files that tests share.
    package static var package: String {
        // Tests/TestSupport/Programs/ProgramPath.swift
        (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path
    }

    private static var buildFolders: [String] {
        var folders: [String] = []
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folders.append((own as NSString).deletingLastPathComponent)
        }
        let arguments = CommandLine.arguments
        if let flag = arguments.firstIndex(of: "--test-bundle-path"), arguments.indices.contains(flag + 1) {
            folders.append((arguments[flag + 1] as NSString).deletingLastPathComponent)
        }
        folders.append(package + "/.build/debug")
        return folders
    }
}
