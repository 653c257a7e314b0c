import Model
import WebPage

/// Answers every request: checks it, finds what it asks for, and adds the headers that every answer has.
struct FrontDesk: Sendable {
    let settings: LiveSettings
    let doorkeeper: Doorkeeper
    let pages: PageDesk
    let api: APIDesk
    let feed: FeedDesk
    let metrics: MetricsDesk
    let health: Archive
    let figures: WebFigures

    /// What is not HTTP, or too much of it.
    func refusal(_ status: Int) -> Reply {
        let problem: Problem =
            switch status {
            case 431: .headTooLarge
            case 503: .busy
            default: .broken
            }
        // In the language of the config: what the client wants cannot be read.
        let nothing = WebRequest(method: "GET", target: "/", headers: [])
        return pages.page(problem, for: nothing, settings.current).secured(.never)
    }

    func answer(_ request: WebRequest) async -> Reply {
        let began = ContinuousClock.now
        let settings = settings.current
        let checked: CheckedRequest
        do {
            checked = try Gate.check(request, settings.rules)
        } catch {
            return page(error, for: request, settings)
        }
        let route = checked.path.flatMap(WebRoute.init)
        let reply: Reply
        do {
            reply = try await answer(checked, route, settings)
        } catch let problem as Problem {
            reply = self.problem(problem, for: request, settings)
        } catch {
            reply = self.problem(.database("\(error)"), for: request, settings)
        }
        await figures.count(handler: route.handler, status: reply.status, duration: began.duration(to: .now))
        return reply
    }

    private func answer(
        _ checked: CheckedRequest, _ route: WebRoute?, _ settings: LiveSettings.Snapshot
    ) async throws -> Reply {
        let request = checked.request
        if !settings.rules.isOpen, route?.isOpen != true { try await admit(request, settings) }
        let known = request.list("if-none-match")
        guard let route else {
            if checked.path == nil, request.target + "/" == settings.rules.basePath {
                return Reply(
                    status: 308, type: "text/plain; charset=utf-8", headers: ["Location": settings.linkPath],
                    text: "See \(settings.linkPath)\n"
                ).secured(.never)
            }
            throw Problem.notFound
        }
        switch route {
        case .healthy:
            return Reply(type: "text/plain; charset=utf-8", text: "ok\n").secured(.never)
        case .ready:
            return await ready().secured(.never)
        case .metrics:
            return await metrics.answer(accept: request.list("accept"), tasks: settings.taskMetrics)
                .secured(.never)
        case .file(let name):
            guard let reply = pages.file(name) else { throw Problem.notFound }
            return reply.secured(.forever).marked(unlessIn: known)
        case .feed:
            let address = PublicAddress(request, settings)
            return try await feed.answer(checked, address, settings).secured(.checked).marked(unlessIn: known)
        case .page(let route):
            return try await pages.answer(route, checked, settings).secured(.checked).marked(unlessIn: known)
        case .api(.events):
            let events = try await api.events(checked, lastEventID: request.values("last-event-id").last)
            return events.secured(.never)
        case .api(let route):
            return try await api.answer(route, checked, linkPath: settings.linkPath).secured(.checked).marked(
                unlessIn: known)
        }
    }

    private func ready() async -> Reply {
        do {
            try await health.check()
            return Reply(type: "text/plain; charset=utf-8", text: "ready\n")
        } catch {
            return Problem(status: 503, title: "Not ready", detail: "\(error)", chinese: "尚未就绪。").text
        }
    }

    private func admit(_ request: WebRequest, _ settings: LiveSettings.Snapshot) async throws {
        let decision = await doorkeeper.decide(
            Authorization(request.values("authorization")), users: settings.rules.users, token: settings.token)
        switch decision {
        case .admitted: return
        case .busy: throw Problem.tooManyLogins
        case .unreadable: throw Problem.unreadableToken
        case .refused: throw Problem.unauthorized(settings.rules)
        }
    }

    private func page(_ refusal: Gate.Refusal, for request: WebRequest, _ settings: LiveSettings.Snapshot) -> Reply {
        switch refusal {
        case .malformed(let message, let chinese):
            problem(.malformed(message, chinese: chinese), for: request, settings)
        case .misdirected(let host): problem(.misdirected(host), for: request, settings)
        case .method: problem(.method, for: request, settings)
        }
    }

    /// For a program below /api, for a person elsewhere.
    private func problem(_ problem: Problem, for request: WebRequest, _ settings: LiveSettings.Snapshot) -> Reply {
        let isAPI = RequestTarget(request.target)?.path.hasPrefix(settings.rules.basePath + "api/") ?? false
        guard !isAPI else { return problem.json.secured(.never) }
        return pages.page(problem, for: request, settings).secured(.never)
    }
}

extension Problem {
    /// Names each way to log in that there is.
    static func unauthorized(_ rules: AccessRules) -> Problem {
        var schemes: [String] = []
        if !rules.users.isEmpty { schemes.append(#"Basic realm="polarai", charset="UTF-8""#) }
        if rules.hasToken { schemes.append(#"Bearer realm="polarai""#) }
        return Problem(
            status: 401, title: "Unauthorized", detail: "Log in to see this.", chinese: "请登录后查看。",
            headers: ["WWW-Authenticate": schemes.joined(separator: ", ")])
    }
}
