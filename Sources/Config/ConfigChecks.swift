/// Checks by modules that know more than the config does. Each returns what is wrong, without a word of the content; nil if
/// nothing is.
package struct ConfigChecks: Sendable {
    /// A profile, by its name (nil: the file's own choice) and its file.
    package var profile: @Sendable (_ name: String?, _ file: String) -> String? = { _, _ in nil }
    /// A webhook's template, with the `Content-Type` among the target's headers.
    package var template: @Sendable (_ template: String, _ contentType: String?) -> String? = { _, _ in nil }

    package init() {}
}
