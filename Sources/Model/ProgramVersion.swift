/// The version of the programs, as `--version` and the User-Agent header say it.
package enum ProgramVersion {
    package static let current = "0.1.0"
    package static let userAgent = "polarai-daemon/\(current)"
}
