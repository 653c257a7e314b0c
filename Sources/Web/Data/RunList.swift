import Model
import Reports
import Store
import WebPage

/// The list of training runs that a request asks for.
struct RunList: Sendable {
    static let parameters: Set<String> = ["cluster", "account", "since", "until", "limit", "cursor"]

    let filter: RunFilter
    let limit: Int
    let cursor: RunPlace?

    /// - Parameter forPage: pages show at most a hundred rows.
    init(_ parameters: Parameters, forPage: Bool = false) throws(ParameterError) {
        filter = RunFilter(
            clusters: try parameters.list("cluster"), accounts: try parameters.list("account"),
            since: try parameters.time("since"), until: try parameters.time("until"))
        limit = min(try parameters.limit(), forPage ? 100 : .max)
        let cursor = try parameters.cursor(mayHaveWord: true)
        guard let cursor else {
            self.cursor = nil
            return
        }
        // Without the number of a run: all that began earlier.
        guard let id = cursor.word.map({ Int64($0) }) ?? .some(0) else { throw Parameters.badCursor }
        self.cursor = RunPlace(at: Timestamp(milliseconds: cursor.number), id: id)
    }

    /// The newest first.
    func runs(_ reader: HistoryReader) throws -> (runs: [StoredRun], next: Cursor?) {
        var runs = Array(try reader.runs(filter, limit: limit + 1, before: cursor, at: CostTime.fine).reversed())
        guard runs.count > limit else { return (runs, nil) }
        runs.removeLast()
        return (runs, runs.last.map { Cursor(number: $0.place.at.milliseconds, word: "\($0.place.id)") })
    }

    func read(_ reader: HistoryReader) throws -> ListPart {
        let (runs, next) = try runs(reader)
        return ListPart(items: runs.map { $0.json.utf8() }, next: next)
    }

    func page(_ reader: HistoryReader) throws -> RunsPage {
        let (runs, next) = try runs(reader)
        return RunsPage(runs: runs.map(\.titled), next: next?.text)
    }
}
