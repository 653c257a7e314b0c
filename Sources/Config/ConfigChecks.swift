/// Checks by modules that know more than the config does. Each returns what is wrong, without a word of the content; nil if
/// nothing is.
package struct ConfigChecks: Sendable {
    /// A part of an access key: its id, its secret or its token.
    package var accessKey: @Sendable (_ text: String) -> String? = { _ in nil }
    /// The file of an OIDC token.
    package var tokenFile: @Sendable (_ path: String) -> String? = { _ in nil }
    /// The name of an ECS instance's role.
    package var roleName: @Sendable (_ name: String) -> String? = { _ in nil }
    /// A profile, by its name (nil: the file's own choice) and its file.
    package var profile: @Sendable (_ name: String?, _ file: String) -> String? = { _, _ in nil }
    /// A webhook's template, with the `Content-Type` among the target's headers.
    package var template: @Sendable (_ template: String, _ contentType: String?) -> String? = { _, _ in nil }
    /// The address of a database: what is wrong with it, and what is doubtful.
    package var databaseAddress: @Sendable (_ address: String) -> (mistake: String?, warnings: [String]) = { address in
        let isAddress = ["postgresql://", "postgres://"].contains(where: address.hasPrefix)
        return (isAddress ? nil : "is not the URL of a PostgreSQL database", [])
    }

    package init() {}
}
