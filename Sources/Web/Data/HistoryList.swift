import Model
import Reports
import Store
import WebPage

/// The list of events that a request asks for.
struct HistoryList: Sendable {
    static let parameters: Set<String> = [
        "cluster", "event", "status", "account", "since", "until", "limit", "cursor",
    ]

    let filter: HistoryFilter
    let limit: Int
    let cursor: Cursor?

    /// - Parameter forPage: pages show at most a hundred rows.
    init(_ parameters: Parameters, forPage: Bool = false) throws(ParameterError) {
        filter = HistoryFilter(
            clusters: try parameters.list("cluster"), events: try parameters.events(),
            statuses: try parameters.list("status"), accounts: try parameters.list("account"),
            since: try parameters.time("since"), until: try parameters.time("until"))
        limit = min(try parameters.limit(), forPage ? 100 : .max)
        cursor = try parameters.cursor()
    }

    func read(_ reader: HistoryReader) throws -> ListPart {
        var items: [[UInt8]] = []
        var json = JSONBytes(reservingCapacity: 1024)
        var last: Int64?
        let hasMore = try reader.history(filter, before: cursor?.number, limit: limit) { row in
            try json.event(row)
            items.append(json.take())
            if last == nil { last = row.seq }
        }
        return ListPart(
            items: items.reversed(), next: hasMore ? last.map { Cursor(number: $0) } : nil)
    }

    func page(_ reader: HistoryReader) throws -> HistoryPage {
        var page = HistoryPage()
        let hasMore = try reader.history(filter, before: cursor?.number, limit: limit) {
            page.lines.append(try EventLine($0))
        }
        page.lines.reverse()
        if hasMore { page.next = page.lines.last.map { Cursor(number: $0.seq).text } }
        return page
    }
}
