import Model
import Testing

@testable import Web

struct ProblemTests {
    private static let problems: [Problem] = [
        .method, .notFound, .busy, .tooManyStreams, .tooManyLogins, .broken, .headTooLarge, .misdirected("example.com"),
        .database("the disk is full"), .unauthorized(AccessRules(hosts: [], basePath: "/")), Problem(.unknown),
        Problem(.ambiguous(["pm-1", "pm-2"])), Problem(.unanswered), Problem(.unreadable),
    ]

    @Test(arguments: problems.indices)
    func `a problem is said in Chinese, too, with what it names`(index: Int) {
        let problem = Self.problems[index]
        #expect(problem.chinese.hasSuffix("。"), "\(problem.chinese)")
        #expect(problem.chinese.unicodeScalars.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) })
        for name in ["example.com", "the disk is full", "pm-1", "pm-2"] where problem.detail.contains(name) {
            #expect(problem.chinese.contains(name))
        }
    }

    @Test(arguments: [
        ("limit=0", "参数 limit 的值不是 1 到 1000 的整数。"), ("limit=1&limit=2", "参数 limit 重复出现。"),
        ("cluster=", "参数 cluster 的值为空。"), ("odd=1", "参数 odd 不是有效的参数；可用的参数："),
        ("event=odd", "参数 event 的值不是有效的事件；可用的值：completed, failed"),
        ("since=odd", "参数 since 的值不是有效的时间；正确的例子："), ("cluster=%FF", "参数 cluster 的值不是百分号编码的 UTF-8。"),
        ("%FF=1", "查询字符串不是百分号编码的 UTF-8。"),
    ])
    func `a wrong parameter is named in Chinese`(query: String, chinese: String) {
        do {
            _ = try HistoryList(Parameters(Query(query), allowed: HistoryList.parameters))
            Issue.record("\(query) was taken")
        } catch {
            let text = Problem.parameter(error).chinese
            #expect(text.hasPrefix(chinese), "\(text)")
        }
    }
}
