import Model
import PolarDB
import Reports
import Store

/// The database as the page reads it: opened when it is there, and opened anew when another file takes its place.
actor Archive {
    private let database: DatabaseAddress
    private var opened: HistoryReader?

    init(_ database: DatabaseAddress) {
        self.database = database
    }

    /// - Throws: `StoreError`, also what `body` throws.
    func read<Value: Sendable>(_ body: @Sendable (HistoryReader) throws -> Value) throws -> Value {
        let wasOpen = opened != nil
        do {
            return try body(reader())
        } catch let error as StoreError {
            // A file that was opened while nobody wrote it must be opened anew once somebody does.
            opened = nil
            guard wasOpen else { throw error }
            return try body(reader())
        }
    }

    /// - Throws: `StoreError` if the database cannot be read now.
    func check() throws {
        _ = try read { try $0.newest() }
    }

    private func reader() throws -> HistoryReader {
        if let opened, opened.isCurrent { return opened }
        opened = nil
        let reader = try HistoryReader(at: database)
        opened = reader
        return reader
    }
}
