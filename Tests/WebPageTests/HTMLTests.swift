import Model
import Testing

@testable import WebPage

struct HTMLTests {
    private let frame = PageFrame(words: Words(.english), basePath: "/", path: "", now: Timestamp(milliseconds: 0))

    @Test
    func `what is interpolated is text`() {
        let html: HTML = "<p title=\"\("a\"b<c>&'")\">\(bdi: "<script>")</p>"
        #expect(html.text == "<p title=\"a&quot;b&lt;c&gt;&amp;&#39;\"><bdi>&lt;script&gt;</bdi></p>")
    }

    @Test
    func `a quote that a combining character hides from Swift is escaped all the same`() {
        // One character to Swift, two to a browser: `class="{{x}}"` would end at the quote.
        for hidden in ["\"\u{301} onfocus=alert(1) x=\"", "\"\u{200D}", "<\u{338}b>"] {
            let html: HTML = "<p class=\"\(hidden)\">"
            #expect(!html.text.unicodeScalars.dropFirst(10).dropLast(2).contains("\""))
            #expect(!html.text.unicodeScalars.dropFirst(1).contains("<"))
        }
    }

    @Test
    func `control characters and overrides of direction are replaced`() {
        let html: HTML = "\(bdi: "a\u{0}b\u{1B}c\u{202E}d\u{7F}e\u{85}f\u{FFFE}g")"
        #expect(html.text == "<bdi>a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FFFD}g</bdi>")
    }

    @Test
    func `a link keeps the language that the address names, and encodes ids`() {
        let frame = PageFrame(
            words: Words(.chinese), basePath: "/x/", path: "", keepsLanguage: true, now: Timestamp(milliseconds: 0))
        #expect(frame.task("a/b?<c>") == "/x/tasks/a%2Fb%3F%3Cc%3E?lang=zh")
        #expect(self.frame.link("history", [("event", "failed")]) == "/history?event=failed")
    }

    @Test
    func `title and icon show that something failed`() {
        func page(_ failed: Int) -> String {
            let frame = PageFrame(
                words: Words(.english), basePath: "/", path: "", daemon: .answering, failed: failed,
                now: Timestamp(milliseconds: 0))
            return String(decoding: frame.page(title: "Now", ""), as: UTF8.self)
        }
        #expect(page(0).contains("<title>Now"))
        #expect(page(3).contains("<title>(3 failed) Now"))
        #expect(page(0).contains("/files/fine-"))
        #expect(page(3).contains("/files/failed-"))
    }

    @Test
    func `a Chinese title says what failed, and the first page is an overview`() {
        let frame = PageFrame(
            words: Words(.chinese), basePath: "/", path: "", daemon: .answering, failed: 3,
            now: Timestamp(milliseconds: 0))
        let page = String(decoding: frame.page(title: "概览", ""), as: UTF8.self)
        #expect(page.contains("<title>（3 个训练失败）概览 · PolarDB AI</title>"))
        #expect(page.contains(">概览</a></li>"))
        #expect(Words(.chinese).count(3) == "（3）" && Words(.english).count(3) == " (3)")
    }

    @Test
    func `a name that is a heading keeps its direction to itself`() {
        let page = String(decoding: TaskPage(id: "pm-1", name: "\u{5D0}<b>").render(frame), as: UTF8.self)
        #expect(page.contains("<h1><bdi>\u{5D0}&lt;b&gt;</bdi></h1>"))
    }

    @Test
    func `every file of the page has an address of its own that changes with it`() {
        #expect(PageFile.all.count >= 5)
        // All but the description of the API, which has a fixed one.
        #expect(PageFile.byAddress.count == PageFile.all.count - 1)
        for file in PageFile.byAddress.values { #expect(PageFile.byAddress[file.address]?.text == file.text) }
    }

    @Test
    func `durations have two units at most`() {
        let words = Words(.english)
        #expect(words.duration(.seconds(0)) == "0 s")
        #expect(words.duration(.seconds(59)) == "59 s")
        #expect(words.duration(.seconds(3660)) == "1 h 1 min")
        #expect(words.duration(.seconds(86_400 + 59)) == "1 d")
        #expect(Words(.chinese).duration(.seconds(90)) == "1 分钟 30 秒")
    }

    @Test
    func `a feed escapes its text once for XML, and once more for the HTML in it`() {
        let line = EventLine(
            seq: 7, id: "k3v9x2ab-7", event: "failed", cluster: "pm-1", name: "<b>\u{1}", account: "default",
            from: "ACTIVATION", to: "FAILED", observedAt: Timestamp(milliseconds: 0), alerts: [], target: nil)
        let feed = String(
            decoding: AtomFeed.render([line], installation: "k3v9x2ab", base: "https://x/", words: Words(.english)),
            as: UTF8.self)
        let title = "failed: &lt;bdi&gt;&amp;lt;b&amp;gt;\u{FFFD}&lt;/bdi&gt;"
        #expect(feed.contains("<title type=\"html\">\(title)</title>"))
        #expect(feed.contains("&lt;bdi&gt;&amp;lt;b&amp;gt;\u{FFFD}&lt;/bdi&gt;"))
        #expect(feed.contains("<updated>1970-01-01T00:00:00.000Z</updated>"))
        #expect(feed.contains(":k3v9x2ab-7</id>"))
    }
}
