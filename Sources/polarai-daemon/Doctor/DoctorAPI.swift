import Config
import Daemon
import HTTPTransport
import Model
import PolarDB
import Reports

/// What `doctor` learns from the API: credentials, endpoint, the permission for each action, and the clock.
struct DoctorAPI {
    let settings: Settings
    let http: ObservingClient
    let environment: HostEnvironment
    let read: SecretReader

    /// Tasks that are asked about before it is believed that none of an account and region is known there.
    private static let mostAsked = 3

    func look(into report: inout DoctorReport) async throws {
        let scopes = Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion))
        guard !scopes.isEmpty else {
            try report.add(.worthALook("tasks", "none are configured, so there is nothing to ask the API about"))
            return
        }
        let clients: APIClients
        do {
            clients = try APIClients(
                settings, http: http, environment: environment, read: read, clock: SystemClock())
        } catch {
            try report.add(.fault("api", "\(error)"))
            return
        }
        var skew: Duration?
        let byAccount = Dictionary(grouping: scopes, by: \.account).sorted { $0.key < $1.key }
        for (account, scopes) in byAccount {
            let scopes = scopes.sorted { $0.region < $1.region }
            guard let first = scopes.first, let client = clients.client(for: first) else { continue }
            guard try await hasCredentials(account, client, &report) else { continue }
            for scope in scopes {
                guard let client = clients.client(for: scope) else { continue }
                try await look(at: scope, client, &report)
                skew = skew ?? http.skew(of: client.endpoint.url)
            }
        }
        if let skew { try report.add(Self.clock(skew)) }
    }

    private func hasCredentials(
        _ account: String, _ client: PolarDBClient, _ report: inout DoctorReport
    ) async throws -> Bool {
        let subject = "credentials of \(account)"
        let credentials: Credentials
        do {
            credentials = try await client.currentCredentials()
        } catch {
            try report.add(.fault(subject, error.message))
            return false
        }
        let end = credentials.expiration.map { ", good until \(TimeStyle(isUTC: false).text($0))" } ?? ""
        try report.add(.good(subject, "from \(credentials.origin)\(end)"))
        return true
    }

    // MARK: - An account in a region

    private func look(
        at scope: AccountRegion, _ client: PolarDBClient, _ report: inout DoctorReport
    ) async throws {
        var tasks = settings.clusters.filter { $0.accountRegion == scope }.prefix(Self.mostAsked).map(\.id)
        var endpoint: Endpoint? = client.endpoint
        if let instance = settings.instances.first(where: { $0.accountRegion == scope }) {
            let reply = await ask(client, .list(instance.id))
            guard try judge(reply, .list(instance.id), scope, &endpoint, &report) else { return }
            if tasks.isEmpty, let first = reply.firstTask { tasks = [first] }
        }
        guard !tasks.isEmpty else {
            try report.add(
                .worthALook(
                    "permissions of \(scope.account) in \(scope.region)", "not checked: there is no task to ask about"
                ))
            return
        }
        var asked = tasks[0]
        for task in tasks {
            asked = task
            let reply = await ask(client, .attribute(task))
            guard try judge(reply, .attribute(task), scope, &endpoint, &report) else { return }
            if reply.failure?.reason != .notFound { break }
        }
        for action in [DoctorAction.metrics(asked), .logs(asked)] {
            guard try judge(await ask(client, action), action, scope, &endpoint, &report) else { return }
        }
    }

    private struct Reply {
        var failure: PollFailure?
        var duration = Duration.zero
        /// Of a list.
        var firstTask: ClusterID?
    }

    private func ask(_ client: PolarDBClient, _ action: DoctorAction) async -> Reply {
        do {
            let answer = try await client.call(
                action.name, subject: action.subject, action.parameters(at: SystemClock().now().wall))
            let id = answer.members["Items"]?.arrayValue?.first?["DBNodeId"]?.stringValue
            return Reply(duration: answer.duration, firstTask: id.map { ClusterID($0) })
        } catch {
            return Reply(failure: error)
        }
    }

    /// - Parameter endpoint: reported once, with the first answer of whatever kind; nil after that.
    /// - Returns: whether it makes sense to ask this account and region anything else.
    private func judge(
        _ reply: Reply, _ action: DoctorAction, _ scope: AccountRegion, _ endpoint: inout Endpoint?,
        _ report: inout DoctorReport
    ) throws -> Bool {
        let place = "\(scope.account) in \(scope.region)"
        if let failure = reply.failure, Self.isNoAnswer(failure) {
            try report.add(.unreachable("endpoint of \(place)", failure.message))
            return false
        }
        if let reached = endpoint {
            let time = reply.duration > .zero ? " in \(DurationText.write(reply.duration))" : ""
            try report.add(.good("endpoint of \(place)", "\(reached) answers\(time)"))
            endpoint = nil
        }
        let subject = "\(action.name) of \(place)"
        guard let failure = reply.failure else {
            try report.add(.good(subject, "allowed"))
            return true
        }
        switch failure.reason {
        case .notFound:
            // A missing permission is reported before the task is looked for.
            try report.add(.worthALook(subject, "allowed, but \(failure.message)"))
            return true
        case .throttled, .unknown:
            try report.add(.worthALook(subject, failure.message))
            return failure.reason == .unknown
        case .permission:
            try report.add(.fault(subject, failure.message))
            return true
        default:
            try report.add(.fault(subject, failure.message))
            return false
        }
    }

    private static func isNoAnswer(_ failure: PollFailure) -> Bool {
        switch failure.reason {
        case .network, .timeout, .tls, .server: true
        default: false
        }
    }

    // MARK: - The clock

    /// Beyond this the requests are near being refused, and times in the history are misleading.
    private static let tolerance = Duration.seconds(30)

    static func clock(_ skew: Duration) -> DoctorFinding {
        let distance = skew < .zero ? .zero - skew : skew
        guard distance > tolerance else {
            return .good("clock", "within \(max(1, distance.wholeMilliseconds / 1000 + 1)) s of Alibaba Cloud's")
        }
        let rounded = Duration.seconds(distance.wholeMilliseconds / 1000)
        return .fault(
            "clock",
            "this host's is \(DurationText.write(rounded)) \(skew < .zero ? "ahead of" : "behind") Alibaba Cloud's; set it "
                + "(timedatectl set-ntp true)")
    }
}

/// What is asked to learn whether it may be asked.
enum DoctorAction {
    case attribute(ClusterID)
    case list(String)
    case metrics(ClusterID)
    case logs(ClusterID)

    var name: String {
        switch self {
        case .attribute: "DescribeAIDBClusterTaskAttribute"
        case .list: "DescribeAIDBClusterTasks"
        case .metrics: "DescribeAIDBClusterTaskMetrics"
        case .logs: "DescribeAIDBClusterTaskLogFiles"
        }
    }

    var subject: String {
        switch self {
        case .attribute(let id), .metrics(let id), .logs(let id): id.rawValue
        case .list(let instance): instance
        }
    }

    func parameters(at now: Timestamp) -> [QueryParameter] {
        switch self {
        case .attribute(let id):
            return [QueryParameter("DBClusterId", id.rawValue), QueryParameter("DescribeType", "RelatedAITask")]
        case .list(let instance):
            return [
                QueryParameter("RelativeDBClusterId", instance), QueryParameter("KubeType", "aitrain"),
                QueryParameter("PageNumber", "1"), QueryParameter("PageSize", "30"),
            ]
        case .metrics(let id):
            return lastMinute(of: id, now) + [QueryParameter("MetricType", "all")]
        case .logs(let id):
            return lastMinute(of: id, now) + [QueryParameter("LogType", "sls")]
        }
    }

    private func lastMinute(of id: ClusterID, _ now: Timestamp) -> [QueryParameter] {
        [
            QueryParameter("DBClusterId", id.rawValue),
            QueryParameter("StartTime", now.advanced(by: .seconds(-60)).acsDate),
            QueryParameter("EndTime", now.acsDate), QueryParameter("PageNumber", "1"), QueryParameter("PageSize", "30"),
        ]
    }
}
