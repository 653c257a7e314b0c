package import Model

/// Whether the daemon that watches the tasks is there.
package enum DaemonState: Hashable, Sendable {
    case answering
    /// It runs, but did not answer in time.
    case silent
    /// It runs, but its database has trouble: for example, another file has taken the place of the file.
    case inTrouble
    /// None runs on this database.
    case stopped
}

/// What all pages have in common.
package struct PageFrame: Sendable {
    package let words: Words
    /// Begins and ends with a slash.
    package let basePath: String
    /// The page's own address below the base path, without its query.
    package let path: String
    /// The parameters of the address, but for `lang`.
    package let query: [(name: String, value: String)]
    /// Whether the address names the language: then every link does.
    package let keepsLanguage: Bool
    package let daemon: DaemonState?
    /// Tasks that failed and that nobody has acknowledged.
    package let failed: Int
    package let now: Timestamp
    /// When a task was asked about last; nil: never.
    package let asOf: Timestamp?
    /// Why a poll or a delivery failed, which is stored in English, in the page's language.
    package let reason: @Sendable (String) -> String

    package init(
        words: Words, basePath: String, path: String, query: [(name: String, value: String)] = [],
        keepsLanguage: Bool = false, daemon: DaemonState? = nil, failed: Int = 0, now: Timestamp,
        asOf: Timestamp? = nil, reason: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.words = words
        self.basePath = basePath
        self.path = path
        self.query = query
        self.keepsLanguage = keepsLanguage
        self.daemon = daemon
        self.failed = failed
        self.now = now
        self.asOf = asOf
        self.reason = reason
    }

    /// A link to another page.
    ///
    /// - Parameter path: below the base path, its parts percent-encoded.
    func link(_ path: String, _ query: [(name: String, value: String)] = []) -> String {
        let language = keepsLanguage ? [("lang", words.language.rawValue)] : []
        return address(path, query + language)
    }

    func task(_ id: String) -> String { link("tasks/\(PercentEncoding.encode(id))") }

    private func address(_ path: String, _ query: [(name: String, value: String)]) -> String {
        let parts = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return basePath + path + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
    }

    /// The whole page.
    ///
    /// - Parameters:
    ///   - title: of the page, perhaps a name from outside; the window's title says also how many tasks failed.
    ///   - isLive: whether the page refreshes itself.
    func page(title: String, isLive: Bool = true, _ content: HTML) -> [UInt8] {
        let prefix = failed > 0 ? words("(\(failed) failed) ", "（\(failed) 个训练失败）") : ""
        let icon = failed > 0 ? "failed.svg" : daemon == .answering || daemon == nil ? "fine.svg" : "silent.svg"
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(words.code)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(prefix)\(title) · PolarDB AI</title>
            <link id="icon" rel="icon" type="image/svg+xml" href="\(basePath)\(PageFile.address(of: icon))">
            <link rel="stylesheet" href="\(basePath)\(PageFile.address(of: "page.css"))">
            <link rel="alternate" type="application/atom+xml" title="\(words("Events", "事件"))" href="\(basePath)feed.atom">
            <script src="\(basePath)\(PageFile.address(of: "page.js"))" defer></script>
            </head>
            <body\(isLive ? " data-live" : "" as HTML)>
            <a class="skip" href="#content">\(words("Skip to the content", "跳到正文"))</a>
            <header>
            <p class="brand"><a href="\(link(""))">\(words("PolarDB AI training", "PolarDB AI 训练"))</a></p>
            \(navigation)
            <p class="language">\(languages)</p>
            </header>
            <main id="content" tabindex="-1">
            <h1>\(bdi: title)</h1>
            <div id="daemon" data-refresh role="status">\(banner)</div>
            \(content)
            </main>
            <footer>
            <p><span id="asof" data-refresh>\(words("Last poll", "上次查询")) \(asOf.orDash)</span>
            · <a href="\(basePath)feed.atom">Atom</a> · <a href="\(basePath)api/v1/openapi.json">API</a>
            · <a href="\(basePath)metrics">\(words("Metrics", "指标"))</a></p>
            </footer>
            </body>
            </html>

            """
        return page.bytes
    }

    private var navigation: HTML {
        let pages = [
            ("", words("Now", "概览")), ("history", words("History", "历史")), ("runs", words("Runs", "训练记录")),
            ("alerts", words("Alerts", "告警")), ("silences", words("Silences", "静默规则")),
        ]
        let items = pages.map { path, name -> HTML in
            let isHere: HTML = path == self.path ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(link(path))\"\(isHere)>\(name)</a></li>"
        }
        return "<nav aria-label=\"\(words("Pages", "页面"))\"><ul>\(items)</ul></nav>"
    }

    private var languages: HTML {
        let other = Words(words.language == .chinese ? .english : .chinese)
        let name = other("English", "中文")
        let target = address(path, query + [("lang", other.language.rawValue)])
        return "<a href=\"\(target)\" lang=\"\(other.code)\" hreflang=\"\(other.code)\">\(name)</a>"
    }

    private var banner: HTML {
        switch daemon {
        case nil, .answering: ""
        case .silent:
            """
            <p class="banner">\(Shape.stalled.svg) \(words(
                "The daemon does not answer. This page shows what is stored. To find the cause, run systemctl status polarai-daemon on the monitoring host.", "守护进程没有响应。以下为此前存储的数据。请在监控主机上运行 systemctl status polarai-daemon 排查。"))</p>
            """
        case .inTrouble:
            """
            <p class="banner">\(Shape.stalled.svg) \(words(
                "The daemon is running but cannot use its database: no change is stored and no alert is sent. The data on this page may be out of date. To find the cause, run polarai-daemon doctor on the monitoring host.", "守护进程正在运行，但数据库异常：状态变化不再保存，告警不再发送。以下数据可能不是最新。请在监控主机上运行 polarai-daemon doctor 排查。"))</p>
            """
        case .stopped:
            """
            <p class="banner">\(Shape.stalled.svg) \(words(
                "The daemon is not running: nothing is watched now. This page shows what is stored. To find the cause, run systemctl status polarai-daemon on the monitoring host.",
                "守护进程未运行：当前没有任何监控。以下为此前存储的数据。请在监控主机上运行 systemctl status polarai-daemon 排查。"))</p>
            """
        }
    }
}
