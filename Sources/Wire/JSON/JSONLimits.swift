/// How much of a JSON text is read: reading costs time and memory in proportion to these, whatever the text holds.
package struct JSONLimits: Sendable {
    /// Objects and lists inside each other. What is deeper becomes null, or is refused by the strict rules.
    package let depth: Int
    /// Values in all. Beyond them only plain members of the outermost object are kept. The strict rules have no such limit:
    /// nothing of a config may be left out.
    package let values: Int
    /// Of the whole text.
    package let bytes: Int

    /// What this daemon wrote itself, and files that an administrator controls.
    package static let standard = JSONLimits(depth: 64, values: 2_000_000, bytes: 64 << 20)
    /// What a server, a receiver or a metadata service sent.
    package static let foreign = JSONLimits(depth: 64, values: 100_000, bytes: 4 << 20)
}
