import Model
import Reports
import Store
import WebPage

/// The list of alerts that a request asks for.
struct AlertList: Sendable {
    static let parameters: Set<String> = ["all", "target", "state", "since", "limit", "cursor"]

    let filter: AlertFilter
    let limit: Int
    let cursor: AlertKey?

    /// - Parameter forPage: pages show at most a hundred rows.
    init(_ parameters: Parameters, forPage: Bool = false) throws(ParameterError) {
        var states: Set<AlertState> = []
        for name in try parameters.list("state") {
            guard let state = AlertState(rawValue: name) else {
                let known = AlertState.allCases.map(\.rawValue).joined(separator: ", ")
                throw ParameterError(
                    "state", "is not a state of an alert; states are \(known)", "的值不是有效的告警状态；可用的值：\(known)")
            }
            states.insert(state)
        }
        // Named states go before all of them.
        if try parameters.flag("all"), states.isEmpty { states = Set(AlertState.allCases) }
        filter = AlertFilter(
            states: states.isEmpty ? AlertFilter.openStates : states, targets: try parameters.list("target"),
            since: try parameters.time("since"))
        limit = min(try parameters.limit(), forPage ? 100 : .max)
        cursor = try parameters.cursor(mayHaveWord: true).map { AlertKey(seq: $0.number, target: $0.word ?? "") }
    }

    func rows(_ reader: HistoryReader) throws -> (rows: [AlertRow], next: Cursor?) {
        var rows: [AlertRow] = []
        try reader.alerts(filter, limit: limit + 1, below: cursor) { rows.append($0) }
        rows.reverse()
        guard rows.count > limit else { return (rows, nil) }
        rows.removeLast()
        return (rows, rows.last.map { Cursor(number: $0.seq, word: $0.target) })
    }

    func read(_ reader: HistoryReader) throws -> ListPart {
        let (rows, next) = try rows(reader)
        var json = JSONBytes()
        return ListPart(
            items: rows.map { row in
                json.alert(row)
                return json.take()
            }, next: next)
    }

    func page(_ reader: HistoryReader) throws -> AlertsPage {
        let (rows, next) = try rows(reader)
        return AlertsPage(rows: rows, next: next?.text)
    }
}
