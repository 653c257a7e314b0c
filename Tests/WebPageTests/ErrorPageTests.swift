import Model
import Testing

@testable import WebPage

struct ErrorPageTests {
    private func page(_ language: Language) -> String {
        let frame = PageFrame(words: Words(language), basePath: "/", path: "", now: Timestamp(milliseconds: 0))
        return String(
            decoding: ErrorPage.render(
                frame, status: 404, title: "Not found", detail: "No such <task>.", chinese: "没有 <task>。"),
            as: UTF8.self)
    }

    @Test func `each language says what happened in its own words alone`() {
        let english = page(.english)
        #expect(english.contains("404 Not found") && english.contains("No such &lt;task&gt;."))
        #expect(!english.contains("没有"))
        let chinese = page(.chinese)
        #expect(chinese.contains("404 未找到") && chinese.contains("没有 &lt;task&gt;。"))
        #expect(chinese.contains("返回概览页"))
        #expect(!chinese.contains("Not found") && !chinese.contains("No such"))
    }
}
