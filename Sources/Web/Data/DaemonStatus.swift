import Glibc
import HTTPTransport
import Model

/// What the running daemon says of itself, asked for on its status socket: once for all who want to know.
actor DaemonStatus {
    /// What is known of the daemon.
    struct View: Sendable {
        /// The object of `GET /v1/status`; nil if the daemon did not answer the last time.
        var status: JSONValue?
        /// What it answered if it has trouble with its database: it can be read and not written, or not even read. Nil if
        /// it has none.
        var trouble: JSONValue?
        /// What it knows of each task.
        var tasks: [String: LiveTask] = [:]
        /// When it was last asked.
        var askedAt: ContinuousClock.Instant?
        /// How old the answer may become before it is asked again: a daemon that needs long for it is asked less often.
        var freshness = DaemonStatus.freshness

        /// Of the daemon that answered.
        var pid: Int64? {
            if case .integer(let pid)? = status?["daemon"]?["pid"] { pid } else { nil }
        }
    }

    private let path: String
    private let http: any HTTPClient
    private var view = View()
    private var underWay: Task<View, Never>?

    /// How old an answer may be before the daemon is asked again.
    static let freshness = Duration.seconds(2)
    /// A daemon that has fallen silent is noticed within fifteen seconds.
    static let longestFreshness = Duration.seconds(8)
    /// How long the daemon has to answer.
    static let patience = Duration.seconds(1)
    /// 10,000 tasks need 5 MiB.
    private static let maximumSize = 64 << 20

    /// - Parameter path: of the status socket.
    init(path: String, http: any HTTPClient) {
        self.path = path
        self.http = http
    }

    /// What the daemon says, a few seconds old at most; its status is nil if it does not answer within one second.
    func current() async -> View {
        if let askedAt = view.askedAt, askedAt.duration(to: .now) < view.freshness { return view }
        if let underWay { return await underWay.value }
        // Not on this actor: reading the answer about 10,000 tasks takes a tenth of a second, and nobody shall wait for it.
        let task = Task { await Self.view(from: path, http) }
        underWay = task
        let answered = await task.value
        view = answered
        underWay = nil
        return answered
    }

    @concurrent private static func view(from path: String, _ http: any HTTPClient) async -> View {
        let began = ContinuousClock.now
        let (code, body) = await reply(to: "/v1/status", at: path, http) ?? (0, .null)
        let status = code == 200 ? body : nil
        var view = View(
            status: status, trouble: body["database"]?["reachable"] == .bool(false) ? body : nil,
            tasks: LiveTask.all(in: status), askedAt: .now)
        view.freshness = min(max(freshness, began.duration(to: .now) * 20), longestFreshness)
        return view
    }

    /// What is known without waiting, but for the very first time; asks again if that is old.
    func glance() async -> View {
        guard view.askedAt != nil else { return await current() }
        Task { await current() }
        return view
    }

    /// One answer of the daemon; nil if it does not come within a second.
    nonisolated func get(_ target: String) async -> JSONValue? {
        await Self.answer(to: target, at: path, http)
    }

    private static func answer(to target: String, at path: String, _ http: any HTTPClient) async -> JSONValue? {
        guard let (code, body) = await reply(to: target, at: path, http), code == 200 else { return nil }
        return body
    }

    @concurrent private static func reply(
        to target: String, at path: String, _ http: any HTTPClient
    ) async -> (code: Int, body: JSONValue)? {
        guard access(path, R_OK | W_OK) == 0 else { return nil }
        let request = HTTPRequest(
            method: .get, url: "http://localhost\(target)",
            connection: ConnectionOptions(
                connectTimeout: patience, timeout: patience, lowSpeedTime: patience, proxy: .none, unixSocket: path),
            maximumBodySize: maximumSize, acceptsGzip: false, allowsResend: false)
        guard let response = try? await http.send(request), let body = try? JSONValue(parsing: response.body) else {
            return nil
        }
        return (response.status, body)
    }
}
