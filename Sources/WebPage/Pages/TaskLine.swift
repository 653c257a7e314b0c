package import Model

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

    package init(
        id: String, name: String?, description: String?, account: String, region: String, status: String?,
        isStalled: Bool, since: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.account = account
        self.region = region
        self.status = status
        self.isStalled = isStalled
        self.since = since
    }

    package var shape: Shape { Shape(status: status, isStalled: isStalled) }

    /// The name with the id, or the id alone.
    func title(_ frame: PageFrame) -> HTML {
        let link: HTML = "<a href=\"\(frame.task(id))\">\(bdi: name ?? description ?? id)</a>"
        return name == nil && description == nil ? link : "\(link) <small>\(bdi: id)</small>"
    }

    func badge(_ words: Words) -> HTML {
        let word = status ?? words("not answered yet", "尚无响应")
        return shape.badge(isStalled && shape == .stalled ? "\(word), \(words("stalled", "停滞"))" : word)
    }
}

extension Cost {
    package var text: String {
        let cents = (amount * 100).rounded()
        guard let cents = Int64(exactly: cents) else { return "\(amount) \(currency)" }
        let rest = String(abs(cents) % 100)
        return "\(cents / 100).\(rest.count == 1 ? "0" : "")\(rest) \(currency)"
    }
}
