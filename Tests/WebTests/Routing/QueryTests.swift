import Model
import Store
import Testing

@testable import Web

struct QueryTests {
    private func history(_ text: String) throws -> HistoryList {
        try HistoryList(Parameters(Query(text), allowed: HistoryList.parameters))
    }

    private func complaint(_ text: String) -> String? {
        do {
            _ = try history(text)
            return nil
        } catch let error as ParameterError {
            return error.name
        } catch {
            return "\(error)"
        }
    }

    @Test
    func `filters are read, each as often as it comes`() throws {
        let list = try history(
            "cluster=night*&cluster=pm-%31&event=failed&event=gone&status=FAILED&status=x+y&account=a&limit=7&cursor=42"
        )
        #expect(list.filter.clusters == ["night*", "pm-1"])
        #expect(list.filter.events == ["failed", "gone"])
        #expect(list.filter.statuses == ["FAILED", "x y"])
        #expect(list.filter.accounts == ["a"])
        #expect(list.limit == 7)
        #expect(list.cursor == Cursor(number: 42))
        #expect(try history("").limit == 100)
    }

    @Test
    func `the plus of a zone may stand as it is`() throws {
        let time = Timestamp(rfc3339: "2026-11-28T08:00:00Z")
        #expect(try history("since=2026-11-28T16:00:00+08:00").filter.since == time)
        #expect(try history("since=2026-11-28T16:00:00%2B08:00").filter.since == time)
        #expect(try history("until=@1795507200").filter.until == Timestamp(milliseconds: 1_795_507_200_000))
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=-1", "limit"), ("limit=1e2", "limit"),
        ("limit=٣", "limit"), ("limit=5&limit=6", "limit"), ("limit=", "limit"), ("limit", "limit"),
        ("cursor=abc", "cursor"), ("cursor=5.x", "cursor"), ("cursor=-1", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
        ("cursor=1&cursor=2", "cursor"), ("event=fail", "event"), ("since=never", "since"), ("until=%20", "until"),
        ("cluster=%ff", "cluster"), ("cluster=%4", "cluster"), ("cluster=%00", "cluster"), ("cluster=", "cluster"),
        ("limits=3", "limits"), ("lang=en", "lang"), ("%zz=1", "the query"),
    ])
    func `what is unknown or malformed is named`(query: String, name: String) {
        #expect(complaint(query) == name)
    }

    @Test
    func `a cursor is what it was`() {
        for cursor in [Cursor(number: 0), Cursor(number: 17, word: "chat"), Cursor(number: 9, word: "a.b c")] {
            #expect(Cursor(cursor.text) == cursor)
        }
    }

    @Test
    func `the address of the next part keeps limit and filters`() throws {
        let request = WebRequest(
            method: "GET", target: "/api/v1/history?cluster=a%2Fb&cursor=9&limit=2", headers: [("Host", "localhost")])
        let checked = try Gate.check(request, AccessRules())
        #expect(
            NextLink.header(checked, Cursor(number: 7), "/")
                == "</api/v1/history?cluster=a%2Fb&limit=2&cursor=7>; rel=\"next\"")
    }

    @Test(arguments: [
        ("", WebRoute.page(.now)), ("tasks/pm-1", .page(.task("pm-1"))), ("tasks/a%2Fb%20c", .page(.task("a/b c"))),
        ("api/v1/tasks/x/curve", .api(.curve("x"))), ("-/healthy", .healthy), ("metrics", .metrics),
        ("api/v1/openapi.json", .api(.description)),
    ])
    func `paths have their routes`(path: String, route: WebRoute) {
        #expect(WebRoute(path) == route)
    }

    @Test(arguments: [
        "history/", "tasks/", "tasks", "tasks/%ff", "tasks/a/b", "api", "api/v1", "api/v1/", "api/v1/tasks",
        "api/v2/status",
        "api/v1/tasks/x/curve/", "-/", "-/healthy/", "/history", "HISTORY", "..", "files",
    ])
    func `anything else has none`(path: String) {
        #expect(WebRoute(path) == nil)
    }
}
