/// A value that must never be printed: where it comes from, not what it is.
///
/// Files and credentials are read each time the secret is used, so that a rotated one is picked up.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it is read.
    package enum Source: Hashable, Sendable {
        case literal(String)
        /// A path; a trailing newline is dropped.
        case file(String)
        /// The name of an environment variable.
        case environment(String)
        /// The name of a file in `$CREDENTIALS_DIRECTORY` (systemd's LoadCredential).
        case credential(String)
    }

    package let source: Source

    package init(_ source: Source) {
        self.source = source
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Reads the value of a secret at the moment it is needed.
///
/// - Throws: where its file or variable is missing; the error names the place, never the value.
package typealias SecretReader = @Sendable (Secret) throws -> String
