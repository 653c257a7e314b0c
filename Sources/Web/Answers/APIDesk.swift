import Model
import Reports
import Store

/// Answers what programs ask: the shapes of the command line, as JSON.
struct APIDesk: Sendable {
    let archive: Archive
    let hub: EventHub
    let daemon: DaemonStatus

    func answer(_ route: APIRoute, _ request: CheckedRequest, linkPath: String) async throws -> Reply {
        try await Problem.reporting { try await reply(to: route, request, linkPath) }
    }

    func events(_ checked: CheckedRequest, lastEventID: String?) async throws -> Reply {
        do {
            _ = try Parameters(Query(checked.query), allowed: [])
        } catch {
            throw Problem.parameter(error)
        }
        let reply = await EventStream.reply(hub, lastEventID: lastEventID, isHead: checked.request.isHead)
        guard let reply else { throw Problem.tooManyStreams }
        return reply
    }

    private func reply(to route: APIRoute, _ request: CheckedRequest, _ linkPath: String) async throws -> Reply {
        let query = try Query(request.query)
        switch route {
        case .status:
            _ = try Parameters(query, allowed: [])
            let status = try await CurrentStatus(archive: archive, daemon: daemon).json()
            return json(status.utf8() + [0x0A])
        case .history:
            let wanted = try HistoryList(Parameters(query, allowed: HistoryList.parameters))
            return list(try await archive.read { try wanted.read($0) }, request, linkPath)
        case .alerts:
            let wanted = try AlertList(Parameters(query, allowed: AlertList.parameters))
            return list(try await archive.read { try wanted.read($0) }, request, linkPath)
        case .runs:
            let wanted = try RunList(Parameters(query, allowed: RunList.parameters))
            return list(try await archive.read { try wanted.read($0) }, request, linkPath)
        case .silences:
            let wanted = try SilenceList(Parameters(query, allowed: SilenceList.parameters))
            return list(try await archive.read { try wanted.read($0) }, request, linkPath)
        case .task(let name):
            _ = try Parameters(query, allowed: [])
            let view = await daemon.glance()
            return json(
                try await archive.read { reader in
                    let live = try reader.daemonInfo()?.isProcess(view.pid) == true ? view.tasks : [:]
                    return try reader.taskReport(named: name, live: live, at: CostTime.fine).utf8() + [0x0A]
                })
        case .curve(let name):
            let parameters = try Parameters(query, allowed: CurveList.parameters)
            let (limit, cursor) = (try parameters.limit(), try parameters.cursor())
            return list(
                try await archive.read { try CurveList.read($0, of: name, before: cursor, limit: limit) }, request,
                linkPath)
        case .description:
            _ = try Parameters(query, allowed: [])
            return json(Array(OpenAPI.document(linkPath: linkPath).utf8))
        case .events:
            throw Problem.notFound
        }
    }

    private func json(_ bytes: [UInt8]) -> Reply {
        Reply(type: "application/json", body: bytes)
    }

    /// A part of a list, with the address of the next one.
    private func list(_ part: ListPart, _ request: CheckedRequest, _ linkPath: String) -> Reply {
        var reply = json(part.json)
        if let next = part.next { reply.headers["Link"] = NextLink.header(request, next, linkPath) }
        return reply
    }
}

/// `Link: <…>; rel="next"` (RFC 8288): the same address, with another cursor.
enum NextLink {
    /// - Parameter linkPath: what the path of the link begins with.
    static func header(_ request: CheckedRequest, _ next: Cursor, _ linkPath: String) -> String {
        let kept = request.query.split(separator: "&").filter { part in
            let name = part.prefix { $0 != "=" }
            return PercentEncoding.decode(name.replacing("+", with: " ")) != "cursor"
        }
        // What came in an address is ASCII but for bytes that no header may hold.
        let query = (kept.map { String($0) } + ["cursor=" + PercentEncoding.encode(next.text)]).joined(separator: "&")
        return "<\(escaped(linkPath + (request.path ?? "")))?\(escaped(query))>; rel=\"next\""
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 0x21...0x7E where byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\""):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + Hex.text([byte]).uppercased()
            }
        }
        return escaped
    }
}

extension Problem {
    init(_ error: TaskLookupError) {
        switch error {
        case .unknown:
            self.init(
                status: 404, title: "Not found", detail: "No task with this id or name was ever watched.",
                chinese: "没有监控过这个 ID 或名称的任务。")
        case .ambiguous(let ids):
            let shown = ids.prefix(10).joined(separator: ", ")
            self.init(
                status: 404, title: "Not found", detail: "Several tasks have this name; ask for one of \(shown).",
                chinese: "有多个任务同名，请改用其中一个 ID：\(shown)。")
        case .unanswered:
            self.init(
                status: 404, title: "Not found",
                detail: "There is no valid answer about this task yet; its last error is in /api/v1/status.",
                chinese: "该任务尚无有效响应；最近一次错误见 /api/v1/status。")
        case .unreadable:
            self.init(
                status: 500, title: "Unreadable", detail: "The stored answer about this task is not JSON.",
                chinese: "数据库中保存的该任务的响应不是 JSON。")
        }
    }
}
