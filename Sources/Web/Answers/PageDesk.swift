import Alerts
import Model
import Reports
import Store
import WebPage

/// Answers what people ask: pages.
struct PageDesk: Sendable {
    let archive: Archive
    let daemon: DaemonStatus

    func file(_ name: String) -> Reply? {
        PageFile.byAddress[name].map { Reply(type: $0.type, text: $0.text) }
    }

    func answer(
        _ route: PageRoute, _ request: CheckedRequest, _ settings: LiveSettings.Snapshot
    ) async throws -> Reply {
        try await Problem.reporting { try await render(route, request, settings) }
    }

    /// What a person sees in place of a page.
    func page(_ problem: Problem, for request: WebRequest, _ settings: LiveSettings.Snapshot) -> Reply {
        let query = RequestTarget(request.target).flatMap { try? Query($0.query) }
        let named = query?.values("lang").last.flatMap { Language(rawValue: $0) }
        let language =
            named ?? LanguageChoice.best(request.list("accept-language"), standard: settings.language)
        let frame = PageFrame(
            words: Words(language), basePath: settings.linkPath, path: "", keepsLanguage: named != nil,
            now: TimeArgument.now)
        return Reply(
            status: problem.status, type: "text/html; charset=utf-8",
            headers: problem.headers.merging(["Content-Language": language.rawValue]) { $1 },
            body: ErrorPage.render(
                frame, status: problem.status, title: problem.title, detail: problem.detail, chinese: problem.chinese))
    }

    private func render(
        _ route: PageRoute, _ request: CheckedRequest, _ settings: LiveSettings.Snapshot
    ) async throws -> Reply {
        let query = try Query(request.query)
        let language = try PageLanguage(query, request.request, standard: settings.language)
        let view = await daemon.glance()
        let makeFrame = FrameMaker(
            request: request, settings: settings, language: language, query: query, view: view,
            isInTrouble: archive.trouble(in: view.trouble) != nil)
        let bytes: [UInt8]
        switch route {
        case .now:
            let parameters = try Parameters(
                query, allowed: ["cluster", "status", "account", "lang"], ignoresEmpty: true)
            let asked = NowFilter(
                clusters: try parameters.list("cluster"), statuses: try parameters.list("status"),
                accounts: try parameters.list("account"))
            bytes = try await archive.read { reader in
                var filter = asked
                filter.clusters = try asked.clusters.flatMap { try reader.taskNames(in: $0) }
                let troubles = try reader.taskTroubles()
                let frame = try makeFrame("", reader, troubles: troubles)
                return NowPage.render(
                    frame, try reader.now(filter, live: makeFrame.live(frame), troubles: troubles), filter: filter)
            }
        case .history:
            let list = try HistoryList(
                Parameters(query, allowed: HistoryList.parameters.union(["lang"]), ignoresEmpty: true), forPage: true)
            bytes = try await archive.read { try list.page($0).render(try makeFrame("history", $0)) }
        case .alerts:
            let list = try AlertList(
                Parameters(query, allowed: AlertList.parameters.union(["lang"]), ignoresEmpty: true), forPage: true)
            bytes = try await archive.read { try list.page($0).render(try makeFrame("alerts", $0)) }
        case .runs:
            let list = try RunList(
                Parameters(query, allowed: RunList.parameters.union(["lang"]), ignoresEmpty: true), forPage: true)
            bytes = try await archive.read { try list.page($0).render(try makeFrame("runs", $0)) }
        case .silences:
            let list = try SilenceList(
                Parameters(query, allowed: SilenceList.parameters.union(["lang"]), ignoresEmpty: true), forPage: true)
            bytes = try await archive.read { try list.page($0).render(try makeFrame("silences", $0)) }
        case .task(let name):
            _ = try Parameters(query, allowed: ["lang"], ignoresEmpty: true)
            bytes = try await archive.read { reader in
                let path = "tasks/\(PercentEncoding.encode(name))"
                let frame = try makeFrame(path, reader)
                return try reader.taskPage(named: name, live: makeFrame.live(frame)).render(frame)
            }
        }
        return Reply(
            type: "text/html; charset=utf-8", headers: ["Content-Language": language.words.language.rawValue],
            body: bytes)
    }
}

/// The language of a page, and whether the address names it.
struct PageLanguage: Sendable {
    let words: Words
    let isNamed: Bool

    init(_ query: Query, _ request: WebRequest, standard: Language) throws(ParameterError) {
        guard let name = query.values("lang").last, !name.isEmpty else {
            words = Words(LanguageChoice.best(request.list("accept-language"), standard: standard))
            isNamed = false
            return
        }
        guard let language = Language(rawValue: name) else {
            throw ParameterError("lang", "is not a language of this page; write en or zh", "的值不是本页面支持的语言；请写 en 或 zh")
        }
        words = Words(language)
        isNamed = true
    }
}

/// Makes the frame of a page, with what the database says.
private struct FrameMaker: Sendable {
    let request: CheckedRequest
    let settings: LiveSettings.Snapshot
    let language: PageLanguage
    let query: Query
    let view: DaemonStatus.View
    /// Whether the daemon has trouble with the database that is read.
    let isInTrouble: Bool

    /// - Parameter troubles: of the database, if they are known already.
    func callAsFunction(
        _ path: String, _ reader: HistoryReader, troubles: [ClusterID: TaskTrouble]? = nil
    ) throws -> PageFrame {
        let holder = try reader.daemonInfo()
        let state: DaemonState =
            if isInTrouble {
                .inTrouble
            } else if let holder, holder.isRunning {
                holder.isProcess(view.pid) ? .answering : .silent
            } else {
                .stopped
            }
        return PageFrame(
            words: language.words, basePath: settings.linkPath, path: path,
            query: query.items.filter { $0.name != "lang" && !$0.value.isEmpty }.map { ($0.name, $0.value) },
            keepsLanguage: language.isNamed, daemon: state,
            failed: try (troubles ?? reader.taskTroubles()).values.count { $0.isOpenFailure },
            now: TimeArgument.now,
            asOf: try reader.lastPoll(), reason: language.words.language.reason)
    }

    /// What only the running daemon knows, by task: nothing if the one that answers works on another database.
    func live(_ frame: PageFrame) -> [String: LiveTask] {
        frame.daemon == .answering || frame.daemon == .inTrouble ? view.tasks : [:]
    }
}
