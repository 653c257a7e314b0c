/// `<installation>-<seq>`: what an event and its alerts are called outside.
enum EventID {
    /// - Returns: nil where it is no id, or one of another database.
    static func seq(_ id: String, installation: String) -> Int64? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == installation, let seq = Int64(parts[1]), seq > 0 else { return nil }
        return seq
    }
}
