package import Model
package import Store

/// A task as the first page shows it.
package struct TaskLine: Sendable {
    package let id: String
    package let name: String?
    /// What the API calls it.
    package let description: String?
    package let account: String
    package let region: String
    /// The API's word; nil: it has not answered yet.
    package let status: String?
    package let isStalled: Bool
    package let since: Timestamp?
    package var lastPollAt: Timestamp?
    package var lastError: String?
    package var progress: ProgressRecord?
    /// Since when its polls fail; nil: they do not.
    package var failingSince: Timestamp?
    /// The limit that its run has exceeded, in words, and since when.
    package var overdue: (limit: String, since: Timestamp?)?
    /// The id of its failure, if nobody has acknowledged it.
    package var openFailure: String?
    package var cost: Cost?

    /// - Parameter id: of an event with this number.
    package init(_ row: StatusRow, _ trouble: TaskTrouble?, id: (Int64) -> String) {
        self.id = row.cluster.rawValue
        name = row.name
        description = row.description
        account = row.scope.account
        region = row.scope.region
        status = row.status?.rawValue
        isStalled = trouble?.isStalled ?? false
        since = row.since
        lastPollAt = row.lastPollAt
        lastError = row.lastError
        progress = row.progress
        failingSince = trouble?.failingSince
        overdue = row.overdue.map { ($0.limit.rawValue, $0.since) }
        if let trouble, trouble.isOpenFailure { openFailure = trouble.failure.map(id) }
    }

    package var shape: Shape { Shape(status: status, isStalled: isStalled) }

    /// The name with the id, or the id alone.
    func title(_ frame: PageFrame) -> HTML {
        let link: HTML = "<a href=\"\(frame.task(id))\">\(bdi: name ?? description ?? id)</a>"
        return name == nil && description == nil ? link : "\(link) <small>\(bdi: id)</small>"
    }

    /// `longer than max_runtime since 08:00`; nil unless it is overdue.
    func overdueText(_ words: Words) -> HTML? {
        overdue.map { limit, since in
            guard let since else { return "\(bdi: words.limit(limit))" }
            return """
                \(bdi: words.limit(limit))\(words(", since", "（自")) \(TimeTag(since).html)\(words("", " 起）"))
                """
        }
    }

    func badge(_ words: Words) -> HTML {
        let word = status ?? words("no API answer yet", "尚无有效响应")
        return shape.badge(isStalled && shape == .stalled ? "\(word)\(words(", stalled", "，停滞"))" : word)
    }
}
