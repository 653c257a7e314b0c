/// The version of the programs, as `--version` and the User-Agent header say it.
package enum ProgramVersion {
    package static let current = "0.1.0"
    /// The commit it was built from, if the build says so.
    package static let revision = "unknown"
    package static let userAgent = "polarai-daemon/\(current)"
}
