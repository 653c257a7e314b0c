import Model
import PolarDB
import Reports
import Store

/// Why a task cannot be shown.
enum TaskLookupError: Error, Hashable {
    /// Nobody ever watched a task of that id or name.
    case unknown
    /// The name stands for several.
    case ambiguous([String])
    /// The API has not given a good answer about it yet.
    case unanswered
    /// The stored answer is not JSON.
    case unreadable
}

extension HistoryReader {
    /// The one task of an id or a name. Patterns are not looked for: an address names one task.
    func task(named name: String) throws -> ClusterID {
        let matches = try clusters(matching: name).filter { $0.rawValue == name || !Glob.isPattern(name) }
        guard let id = matches.first else { throw TaskLookupError.unknown }
        if matches.contains(ClusterID(name)) { return ClusterID(name) }
        guard matches.count == 1 else { throw TaskLookupError.ambiguous(matches.map(\.rawValue)) }
        return id
    }

    /// The object of `show --format json`.
    ///
    /// - Parameters:
    ///   - live: what only the running daemon knows, by task.
    ///   - now: for the cost so far.
    func taskReport(named name: String, live: [String: LiveTask], at now: Timestamp) throws -> JSONValue {
        let id = try task(named: name)
        guard let record = try answer(of: id) else { throw TaskLookupError.unanswered }
        guard let answer = TaskAnswer(parsing: record.body) else { throw TaskLookupError.unreadable }
        var known = try StoredTask(of: id, answer: answer, in: self, at: now)
        if let progress = live[id.rawValue]?.progress { known.progress = progress }
        return TaskReport(
            cluster: id, name: try self.name(of: id), observedAt: record.observedAt, answer: answer, known: known
        ).json
    }
}

/// The loss curve of the latest run of a task.
enum CurveList {
    static let parameters: Set<String> = ["limit", "cursor"]

    /// Newest first, like every list.
    static func read(_ reader: HistoryReader, of name: String, before: Cursor?, limit: Int) throws -> ListPart {
        let id = try reader.task(named: name)
        var points = Array(try reader.curve(of: id).reversed())
        if let before { points = points.filter { $0.at.milliseconds < before.number } }
        let part = points.prefix(limit)
        let items = part.map { point in
            JSONValue.object([
                "step": point.step.map { .integer(Int64($0)) } ?? .null,
                "loss": point.loss.map { .number($0) } ?? .null,
                "logged_at": JSONValue(point.at),
            ]).utf8()
        }
        return ListPart(
            items: items,
            next: part.count < points.count ? part.last.map { Cursor(number: $0.at.milliseconds) } : nil)
    }
}
