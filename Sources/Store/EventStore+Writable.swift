extension EventStore {
    /// Writes a row as it is: whether the disk takes a commit shows only when one is made.
    ///
    /// - Throws: `StoreError` if it does not.
    package func checkWritable() throws {
        try write { try $0.run("UPDATE installation SET code = code") }
    }
}
