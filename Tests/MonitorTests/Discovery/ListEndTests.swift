import Model
import Monitor
import Testing

/// How lists end: what servers say of it is often wrong.
struct ListEndTests {
    private func lab(_ page: @escaping (Int) -> TaskListPage) -> Lab {
        var lab = Lab(discovering(quota: QuotaSettings(callsPerSecond: 100, burst: 100))) { _, _ in .activation }
        lab.lists = { _, number, _ in .success(page(number)) }
        return lab
    }

    private func all(_ count: Int) -> [ListedTask] {
        (0..<count).map { listed("pm-\(1000 + $0)", "ACTIVATION") }
    }

    private func slice(_ tasks: [ListedTask], _ number: Int, size: Int) -> [ListedTask] {
        let first = min(tasks.count, (number - 1) * size)
        return Array(tasks[first..<min(tasks.count, first + size)])
    }

    @Test(arguments: [10, 7, 20, 30], [nil, 0, -1, 1] as [Int?])
    func `a server that caps its pages and gives no total, or a false one, is read to the end`(size: Int, total: Int?) {
        let all = all(45)
        var lab = lab { TaskListPage(tasks: slice(all, $0, size: size), total: total) }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 45)
        lab.run(for: .seconds(600))
        #expect(lab.monitor.overview.watched == 45)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a total that counts the page alone is not believed`() {
        let all = all(50)
        var lab = lab { number in
            let tasks = slice(all, number, size: 20)
            return TaskListPage(tasks: tasks, total: tasks.count)
        }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 50)
    }

    @Test func `an empty page in the middle is not the end while the total says that there is more`() {
        let all = all(70)
        var lab = lab { number in
            number == 2
                ? TaskListPage(tasks: [], total: 70)
                : TaskListPage(
                    tasks: number > 2 ? slice(all, number - 1, size: 30) : slice(all, 1, size: 30), total: 70)
        }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 70)
    }

    @Test(arguments: [60, 41, Int.max, Int.min])
    func `what the total counts and no page lists is said once`(total: Int) {
        let all = all(40)
        var lab = lab { TaskListPage(tasks: slice(all, $0, size: 30), total: total) }
        lab.run(for: .seconds(600))
        #expect(lab.monitor.overview.watched == 40)
        let reported = lab.notices.filter { if case .listIncomplete = $0 { true } else { false } }
        #expect(reported == (total > 40 ? [.listIncomplete(parent, listed: 40, missing: total - 40)] : []))
        #expect(lab.pages.count <= 20 * 6, "a false total costs two pages a round")
    }

    @Test func `the answer's own page size is believed`() {
        let all = all(120)
        var lab = lab { number in
            var page = TaskListPage(tasks: slice(all, number, size: 50), total: nil)
            page.pageSize = 50
            return page
        }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 120, "fifty items are a full page, not the whole list")
    }

    @Test func `a server that repeats its last page has ended`() {
        let all = all(60)
        var lab = lab { TaskListPage(tasks: slice(all, min($0, 2), size: 30), total: nil) }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 60)
        #expect(lab.pages.map(\.page) == [1, 2, 3])
    }

    @Test func `an end that was proven costs no more calls, but for one in twenty rounds`() {
        let all = all(5)
        var lab = lab { TaskListPage(tasks: slice(all, $0, size: 30), total: 5) }
        lab.run(for: .seconds(20))
        lab.forget()
        lab.run(for: .seconds(1200))
        let rounds = lab.pages.count { $0.page == 1 }
        #expect(rounds >= 39)
        #expect(lab.pages.count { $0.page == 2 } <= 3)
    }

    @Test func `items without ids end a list as empty pages do`() {
        var lab = lab { _ in TaskListPage(tasks: [], items: 12, total: nil) }
        lab.run(for: .seconds(300))
        #expect(lab.pages.allSatisfy { $0.page <= 3 })
    }
}
