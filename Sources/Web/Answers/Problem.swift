import Model
import Store

/// Why a request gets no answer, for people and for programs.
struct Problem: Error, Hashable, Sendable {
    let status: Int
    let title: String
    let detail: String
    /// The detail in Chinese, for people: API and logs have the English one.
    let chinese: String
    var headers: [String: String] = [:]

    /// RFC 9457.
    var json: Reply {
        let object = JSONValue.object([
            "type": .string("about:blank"), "status": .integer(Int64(status)), "title": .string(title),
            "detail": .string(detail),
        ])
        return Reply(
            status: status, type: "application/problem+json", headers: headers, text: object.text() + "\n")
    }

    var text: Reply {
        Reply(status: status, type: "text/plain; charset=utf-8", headers: headers, text: detail + "\n")
    }
}

extension Problem {
    /// Answers a request.
    ///
    /// - Throws: `Problem` for what can be wrong with its parameters and with the database; other errors as they are.
    static func reporting<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as ParameterError {
            throw Problem.parameter(error)
        } catch let error as TaskLookupError {
            throw Problem(error)
        } catch let error as StoreError {
            throw Problem.database(error.description)
        }
    }

    static func malformed(_ detail: String, chinese: String) -> Problem {
        Problem(status: 400, title: "Bad request", detail: detail, chinese: chinese)
    }

    static func parameter(_ error: ParameterError) -> Problem {
        Problem(
            status: 400, title: "Bad request", detail: "The parameter \(error.name): \(error.message).",
            chinese: (error.name == "the query" ? "查询字符串" : "参数 \(error.name) ") + "\(error.chinese)。")
    }

    static func misdirected(_ host: String) -> Problem {
        Problem(
            status: 421, title: "Misdirected request",
            detail: "This server does not answer to the name \(host). Add it to web.hosts of the config if it should.",
            chinese: "本服务不接受以主机名 \(host) 访问；如需使用，请把它加入配置的 web.hosts。")
    }

    static let method = Problem(
        status: 405, title: "Method not allowed",
        detail: "Only GET and HEAD are answered here: nothing can be changed.",
        chinese: "本页面只读，只接受 GET 和 HEAD 请求。",
        headers: ["Allow": "GET, HEAD"])

    static let notFound = Problem(
        status: 404, title: "Not found", detail: "There is nothing at this address.", chinese: "该地址没有内容，请检查地址。")

    static func database(_ detail: String) -> Problem {
        Problem(
            status: 503, title: "The database cannot be read", detail: detail,
            chinese: "无法读取数据库；请在监控主机上运行 polarai-daemon doctor 排查。错误信息：“\(detail)”。",
            headers: ["Retry-After": "5"])
    }

    static let busy = Problem(
        status: 503, title: "Busy", detail: "Too many connections are open. Try again in a moment.",
        chinese: "连接数已满，请稍后重试。",
        headers: ["Retry-After": "5"])

    static let tooManyStreams = Problem(
        status: 503, title: "Too many streams",
        detail: "The limit of open event streams has been reached. Try again later, or ask for /api/v1/history.",
        chinese: "事件流的连接数已满，请稍后重试，或改用 /api/v1/history。",
        headers: ["Retry-After": "30"])

    static let tooManyLogins = Problem(
        status: 503, title: "Busy", detail: "Too many passwords are being checked. Try again in a moment.",
        chinese: "同时进行的密码校验过多，请稍后重试。",
        headers: ["Retry-After": "5"])

    static let unreadableToken = Problem(
        status: 503, title: "Token not readable",
        detail: "The token of polarai-web cannot be read, so yours cannot be checked. Its log says why.",
        chinese: "polarai-web 无法读取自己的令牌，因此无法校验你的令牌；原因见 polarai-web 的日志。",
        headers: ["Retry-After": "30"])

    static let broken = Problem(
        status: 400, title: "Bad request", detail: "The request is not valid HTTP.", chinese: "请求不是有效的 HTTP。")

    static let headTooLarge = Problem(
        status: 431, title: "Request header fields too large", detail: "The head of the request is over 64 KiB.",
        chinese: "请求头超过 64 KiB；请清除该站点的 Cookie 后重试。")
}
