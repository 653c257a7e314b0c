import Model
import Monitor

/// The list of a parent instance, which has all tasks of an account, and how it lies. What a list says is never believed:
/// whatever is new on it, the task itself is asked.
struct SimulatedList: Sendable {
    enum Lie: CaseIterable, Sendable {
        /// A task is missing.
        case leavesOut
        /// A task of another page is on this one, too, or one of this page twice.
        case showsTwice
        /// A task has another status than its own call shows.
        case showsAnother
        /// What was on one page a moment ago is on another now.
        case pagesMove
        /// It shows how things were a while ago.
        case lagsBehind
    }

    let key: InstanceKey
    private let lies: [Lie]
    /// Of its pages, how many lie.
    private let rate: Double

    /// A list lags behind by no more.
    static let longestLag = 20 * Millis.minute
    private static let pageSize = 2

    /// - Parameter scopes: those that can afford to be listed.
    static func plan(seed: UInt64, _ scopes: [AccountRegion]) -> [SimulatedList] {
        var random = SeededRandom(seed: seed, stream: 16)
        return scopes.compactMap { scope in
            guard random.chance(0.15) else { return nil }
            return SimulatedList(
                key: InstanceKey(id: "pc-\(scope.account)", scope: scope),
                lies: Lie.allCases.filter { _ in random.chance(0.6) }, rate: random.pick([0, 0.1, 0.3]))
        }
    }

    /// - Parameter tasks: all of the account.
    func page(
        _ number: Int, of tasks: [SimulatedTask], at now: Millis, using random: inout SeededRandom, _ marks: inout Marks
    ) -> TaskListPage {
        let lie = !lies.isEmpty && random.chance(rate) ? random.pick(lies) : nil
        let time = lie == .lagsBehind ? max(0, now - random.millis(.minute...Self.longestLag)) : now
        if lie == .lagsBehind { marks.note(.listLaggedBehind) }
        var present = tasks.filter { $0.phases[$0.phase(at: time)].status != nil }
        if lie == .pagesMove, present.count > Self.pageSize {
            marks.note(.listPagesMoved)
            present.append(present.removeFirst())
        }
        let begin = max(0, number - 1) * Self.pageSize
        var shown = present.dropFirst(begin).prefix(Self.pageSize).map { listed($0, at: time) }
        var items = shown.count
        switch lie {
        case .leavesOut where !shown.isEmpty:
            marks.note(.listLeftOut)
            shown.remove(at: Int.random(in: 0..<shown.count, using: &random))
        case .showsTwice where !shown.isEmpty:
            marks.note(.listShowedTwice)
            let others = present.map { listed($0, at: time) }.filter { other in !shown.contains { $0.id == other.id } }
            if others.isEmpty {
                shown.append(shown[0])
                items += 1
            } else {
                shown[shown.count - 1] = random.pick(others)
            }
        case .showsAnother where !shown.isEmpty:
            marks.note(.listShowedAnother)
            let place = Int.random(in: 0..<shown.count, using: &random)
            let status = random.pick(["COMPLETED", "FAILED", "ACTIVATION", "QUEUED"])
            shown[place] = ListedTask(
                id: shown[place].id, status: ClusterStatus(status), startedAt: shown[place].startedAt,
                completedAt: shown[place].completedAt)
        default: break
        }
        var page = TaskListPage(tasks: shown, items: items, total: random.chance(0.5) ? present.count : nil)
        page.pageSize = Self.pageSize
        page.answeredAt = now.timestamp
        return page
    }

    private func listed(_ task: SimulatedTask, at time: Millis) -> ListedTask {
        let phase = task.phases[task.phase(at: time)]
        return ListedTask(
            id: task.cluster.id, description: phase.facts.description, status: phase.status,
            startedAt: phase.facts.startedAt, completedAt: phase.facts.completedAt)
    }
}
