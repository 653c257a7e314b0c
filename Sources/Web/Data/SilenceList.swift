import Model
import Reports
import Store
import WebPage

/// The list of silences that a request asks for.
struct SilenceList: Sendable {
    static let parameters: Set<String> = ["all", "limit", "cursor"]

    private let all: Bool
    private let limit: Int
    private let cursor: Cursor?

    /// - Parameter forPage: pages show at most a hundred rows.
    init(_ parameters: Parameters, forPage: Bool = false) throws(ParameterError) {
        all = try parameters.flag("all")
        limit = min(try parameters.limit(), forPage ? 100 : .max)
        cursor = try parameters.cursor()
    }

    /// The newest first.
    private func rows(_ reader: HistoryReader) throws -> (rows: [SilenceRow], next: Cursor?) {
        let older = try reader.silences(all: all, at: TimeArgument.now).filter { row in
            cursor.map { row.silence.id < $0.number } ?? true
        }
        let rows = Array(older.suffix(limit).reversed())
        return (rows, rows.count < older.count ? rows.last.map { Cursor(number: $0.silence.id) } : nil)
    }

    func read(_ reader: HistoryReader) throws -> ListPart {
        let (rows, next) = try rows(reader)
        return ListPart(items: rows.map { $0.json(at: TimeArgument.now).utf8() }, next: next)
    }

    func page(_ reader: HistoryReader) throws -> SilencesPage {
        let (rows, next) = try rows(reader)
        return SilencesPage(silences: rows, next: next?.text)
    }
}
