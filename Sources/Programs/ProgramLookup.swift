import Glibc

/// Whether a program can be started, found as posix_spawnp(3) finds it.
package struct ProgramLookup {
    private let folders: [String]

    /// - Parameter path: `PATH` of the environment; nil means that of posix_spawnp(3) without one.
    package init(path: String?) {
        // An empty part is the working directory.
        folders = (path ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "." : String($0) }
    }

    /// What keeps this user from starting a program; nil if nothing does.
    ///
    /// - Parameter program: with a slash it is a path, else a name that is looked for in `PATH`.
    /// - Returns: words to stand behind the program's name; they hold nothing of it.
    package func fault(of program: String) -> String? {
        if program.utf8.contains(UInt8(ascii: "/")) { return Self.fault(ofFile: program) }
        let faults = folders.map { Self.fault(ofFile: "\($0)/\(program)") }
        guard !faults.contains(nil) else { return nil }
        return faults.compactMap(\.self).first { $0 != Self.missing }
            ?? "is not in any folder of PATH; write its whole path"
    }

    private static let missing = "does not exist"

    private static func fault(ofFile path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? missing : notAllowed
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return "is a folder, not a program"
        default: return "is not a regular file"
        }
        // The identity that counts is the effective one, as for the start itself.
        guard faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 else { return notAllowed }
        return nil
    }

    private static var notAllowed: String {
        "may not be executed by this user (uid \(geteuid())); fix its owner, group or mode (chmod +x)"
    }
}
