import Foundation

/// What a config may refer to outside itself: the environment's variables.
///
/// Handed in, so that tests and a second config in one process see what they are meant to see.
package struct HostEnvironment: Hashable, Sendable {
    package let variables: [String: String]

    package init(variables: [String: String]) {
        self.variables = variables
    }

    /// The variables of this process, as they are now.
    package static func current() -> HostEnvironment {
        HostEnvironment(variables: ProcessInfo.processInfo.environment)
    }

    /// The value, or nil if the variable is unset or empty.
    package subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where systemd puts a unit's credentials (systemd.exec(5), LoadCredential=).
    var credentialsDirectory: String? { self["CREDENTIALS_DIRECTORY"] }

    /// The first of the unit's state directories (systemd.exec(5), StateDirectory=: a list separated by colons).
    var stateDirectory: String? {
        self["STATE_DIRECTORY"].flatMap { $0.split(separator: ":").first.map(String.init) }
    }
}
