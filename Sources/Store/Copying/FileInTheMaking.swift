/// A database that gets its name when it is whole.
struct FileInTheMaking {
    let path: String

    /// - Parameter fill: makes the database under the name that it is given, and closes it.
    /// - Throws: `StoreError.occupied` if there is something at the path, before or after; what `fill` throws.
    func make<Value>(_ fill: (_ partial: String) throws -> Value) throws -> Value {
        try checkFree()
        let partial = path + ".partial"
        try remove(partial)
        let files = Self.files(of: partial)
        UnfinishedCopy.note(files)
        defer { UnfinishedCopy.forget(files) }
        do {
            let value = try fill(partial)
            try checkWhole(partial)
            // That takes its time, and a daemon may have been started on the name.
            try checkFree()
            try SystemCall.publish(partial, as: path)
            try remove(partial)
            return value
        } catch {
            try? remove(partial)
            throw error
        }
    }

    private func checkFree() throws {
        guard case .absent = try DatabaseFile(at: path) else { throw StoreError.occupied(place: path) }
    }

    /// What is left in the log would be lost, since the file alone gets the name.
    private func checkWhole(_ partial: String) throws {
        guard try SystemCall.size(ofFile: partial + "-wal") ?? 0 == 0 else {
            throw StoreError.io(
                path: path,
                detail:
                    "the copy could not be written completely and was removed; check free space (`df`) and `dmesg`, then run "
                    + "the command again")
        }
    }

    private func remove(_ partial: String) throws {
        for file in Self.files(of: partial) { try SystemCall.remove(file) }
    }

    /// All that there may be of a database in the making. The file goes first: without it nothing reads its journal.
    private static func files(of partial: String) -> [String] {
        ["", "-journal", "-wal", "-shm", ".last", ".creating", ".creating-journal"].map { partial + $0 }
    }
}
