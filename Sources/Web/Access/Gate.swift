import NIOHTTP1

/// What decides who is answered, as the config says it now.
struct AccessRules: Sendable {
    /// Names that the page answers to, beside addresses and loopback names; in small letters.
    var hosts: Set<String> = []
    /// Where everything is: begins and ends with a slash.
    var basePath = "/"
    /// Names with bcrypt hashes.
    var users: [String: String] = [:]
    /// Whether `Authorization: Bearer` is taken.
    var hasToken = false

    var isOpen: Bool { users.isEmpty && !hasToken }
}

/// A request that may be answered.
struct CheckedRequest: Sendable {
    let request: WebRequest
    /// Below the base path, without a slash at its start; nil: outside of it.
    let path: String?
    let query: String
}

/// The first checks of a request, in this order: is it well-formed (400), is it meant for us (421), may it be asked (405).
enum Gate {
    enum Refusal: Error, Hashable {
        /// Why, in both languages.
        case malformed(String, chinese: String)
        case misdirected(String)
        case method
    }

    static func check(_ request: WebRequest, _ rules: AccessRules) throws(Refusal) -> CheckedRequest {
        let hosts = request.values("host")
        guard hosts.count == 1, let text = hosts.first else {
            throw hosts.isEmpty
                ? .malformed("The request has no Host header.", chinese: "请求缺少 Host 头。")
                : .malformed("The request has two Host headers.", chinese: "请求有两个 Host 头。")
        }
        guard let host = RequestHost(text) else {
            throw .malformed("The Host header is not a host name.", chinese: "Host 头不是主机名。")
        }
        let isPathless = request.target == "*" || request.method == "CONNECT"
        guard let target = RequestTarget(isPathless ? "/" : request.target) else {
            throw .malformed("The address of the request is not valid.", chinese: "请求的地址无效。")
        }
        var names = [host]
        if let text = target.host {
            guard let host = RequestHost(text) else {
                throw .malformed("The address of the request is not valid.", chinese: "请求的地址无效。")
            }
            names.append(host)
        }
        for name in names where !(name.isAddress || name.isLoopbackName || rules.hosts.contains(name.name)) {
            throw .misdirected(name.name)
        }
        guard request.method == "GET" || request.method == "HEAD", !isPathless else { throw .method }
        return CheckedRequest(
            request: request, path: below(rules.basePath, target.path), query: target.query)
    }

    private static func below(_ base: String, _ path: String) -> String? {
        path.hasPrefix(base) ? String(path.dropFirst(base.count)) : nil
    }
}
