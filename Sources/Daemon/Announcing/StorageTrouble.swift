package import Model

/// Since when the database takes no commits, and why.
package struct StorageTrouble: Hashable, Sendable {
    package let since: Timestamp
    package internal(set) var error: String
    /// The file was moved or replaced: nothing of this daemon's can be stored any more, and it says so all the time.
    var isReplaced = false
}
