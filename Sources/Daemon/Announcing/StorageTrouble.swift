package import Model

/// Since when the database takes no commits, and why.
package struct StorageTrouble: Hashable, Sendable {
    package let since: Timestamp
    package internal(set) var error: String
}
