import Store

extension HistoryReader {
    /// Says on the standard error which of some ids, names and patterns no watched cluster ever had.
    func noteUnknown(_ clusters: [String]) throws {
        for pattern in clusters where try self.clusters(matching: pattern).isEmpty {
            StandardError.write(
                "No task with the id or the name \(pattern) was ever watched. To list the tasks: polarai-daemon status")
        }
    }
}
