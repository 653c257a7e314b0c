import Model

/// One reading of a whole list, page by page.
struct ListRound: Sendable {
    let number: UInt32
    /// The page to ask for next.
    var page = 1
    var startedAt: MonotonicInstant?
    /// The first tasks of the first page and of the page before: a server that does not page, or that has no more pages,
    /// repeats one of them.
    private var firstTask: ClusterID?
    private var firstOfLastPage: ClusterID?
    private(set) var listed = 0
    /// The largest total that the server gave and that does not contradict what it listed.
    private(set) var total: Int?
    /// The server said that the list was over, and one more page was asked for.
    private var isBeyondEnd = false
    private var pagesWithoutTasks = 0
    var running = 0
    var leftOut = 0

    init(number: UInt32) {
        self.number = number
    }

    /// Tasks that the server counted and did not list.
    var missing: Int {
        guard let total, total > listed else { return 0 }
        return total - listed
    }

    /// Whether a page is one that came before in this round.
    func isRepeat(_ page: TaskListPage) -> Bool {
        guard self.page > 1, let first = page.tasks.first?.id else { return false }
        return first == firstTask || first == firstOfLastPage
    }

    /// Takes a page over.
    ///
    /// - Parameters:
    ///   - end: what is known of how this server's lists end.
    ///   - most: a list is read no further than this page.
    /// - Returns: whether it was the last one.
    mutating func take(_ page: TaskListPage, end: inout ListEnd, most: Int) -> Bool {
        let isRepeat = isRepeat(page)
        if !isRepeat { count(page) }
        if isRepeat || page.items <= 0 {
            if isBeyondEnd { end.noteProof(listed: listed) }
            return isRepeat || !mayFollowEmptyPage(page) || self.page >= most
        }
        if isBeyondEnd { end.noteFalseEnd() }
        isBeyondEnd = false
        if self.page >= most { return true }
        let size = page.pageSize ?? TaskListPage.size
        // A server that does not page gives more than was asked for.
        if page.items > size { return true }
        if page.tasks.isEmpty { return !mayFollowEmptyPage(page) }
        pagesWithoutTasks = 0
        guard total.map({ listed >= $0 }) ?? (page.items < size) else { return false }
        isBeyondEnd = end.asksBeyond(listed: listed)
        return !isBeyondEnd
    }

    private mutating func count(_ page: TaskListPage) {
        if self.page == 1 { firstTask = page.tasks.first?.id }
        firstOfLastPage = page.tasks.first?.id
        listed += max(0, min(page.items, Self.mostItems))
        // Some servers count the page and not the list, or count nothing.
        if let given = page.total, given >= listed, given > 0 { total = max(total ?? given, given) }
        if let total, total < listed { self.total = nil }
    }

    /// A page without tasks in the middle of a list happens; several in a row are its end.
    private mutating func mayFollowEmptyPage(_ page: TaskListPage) -> Bool {
        pagesWithoutTasks += 1
        let isMore = missing > 0 || page.items >= page.pageSize ?? TaskListPage.size
        return isMore && pagesWithoutTasks <= Self.mostPagesWithoutTasks
    }

    private static let mostPagesWithoutTasks = 2
    private static let mostItems = 1_000_000
}

/// What is known of how a server ends its lists: by a total, or by a page that is not full. Some cap their pages below
/// what was asked for, and some give the number of a page as the total. So now and then one more page is asked for.
struct ListEnd: Sendable {
    /// How many were listed when a page after the end was last seen to be empty.
    private var provenAt: Int?
    private var roundsSinceProof = 0
    /// There was more after the end that the server gave: only an empty or repeated page is believed.
    private var isFalse = false
    private var wasFalse = false

    private static let roundsBetweenProofs = 20

    /// Whether one more page is to be asked for after the end that the server gave.
    func asksBeyond(listed: Int) -> Bool {
        isFalse || wasFalse || roundsSinceProof >= Self.roundsBetweenProofs || provenAt.map { listed > $0 } ?? true
    }

    mutating func noteProof(listed: Int) {
        provenAt = listed
        roundsSinceProof = 0
    }

    mutating func noteFalseEnd() { isFalse = true }

    /// In a round in which every end was true the server is believed again.
    mutating func endRound() {
        roundsSinceProof = min(roundsSinceProof + 1, Self.roundsBetweenProofs)
        wasFalse = isFalse
        isFalse = false
    }
}
