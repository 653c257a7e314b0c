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
    /// Instances of an account and region whose tasks are listed: each costs a call.
    private static let mostListed = 50

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
        let subject = "credentials of account \(account)"
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
        let instances = settings.instances.filter { $0.accountRegion == scope }.map(\.id)
        if !instances.isEmpty {
            let lists = try await lookAtLists(of: instances, scope, client, &endpoint, &report)
            guard lists.goesOn else { return }
            if tasks.isEmpty, let first = lists.firstTask { tasks = [first] }
        }
        guard !tasks.isEmpty else {
            try report.add(
                .worthALook(
                    "permissions of account \(scope.account) in \(scope.region)",
                    "not checked: there is no task to ask about"
                ))
            return
        }
        var asked = tasks[0]
        for task in tasks {
            asked = task
            let reply = await ask(client, .attribute(task))
            guard try judge(reply, DoctorAction.attribute(task).name, scope, &endpoint, &report) else { return }
            if reply.failure?.reason != .notFound { break }
        }
        for action in [DoctorAction.metrics(asked), .logs(asked)] {
            guard try judge(await ask(client, action), action.name, scope, &endpoint, &report) else { return }
        }
    }

    /// Each instance by itself: one may be forbidden, or no instance at all, where the others can be listed.
    private func lookAtLists(
        of instances: [String], _ scope: AccountRegion, _ client: PolarDBClient, _ endpoint: inout Endpoint?,
        _ report: inout DoctorReport
    ) async throws -> (goesOn: Bool, firstTask: ClusterID?) {
        var firstTask: ClusterID?
        var allowed = 0
        for instance in instances.prefix(Self.mostListed) {
            let began = ContinuousClock.now
            switch await client.listTasks(of: instance, page: 1) {
            case .success(let page):
                firstTask = firstTask ?? page.tasks.first?.id
                allowed += 1
                try reportEndpoint(ContinuousClock.now - began, scope, &endpoint, &report)
            case .failure(let failure):
                let isOfAll = try !judge(Reply(failure: failure), Self.list, scope, &endpoint, &report, of: instance)
                // Rubbish for one instance says nothing of the others.
                if isOfAll, failure.reason != .malformed { return (false, nil) }
            }
        }
        let subject = Self.subject(Self.list, scope)
        if allowed == instances.count {
            try report.add(.good(subject, "allowed"))
        } else if allowed > 0 {
            try report.add(.good(subject, "allowed for \(allowed) of \(instances.count) instances"))
        }
        if instances.count > Self.mostListed {
            try report.add(
                .worthALook(subject, "not checked for \(instances.count - Self.mostListed) more instances"))
        }
        return (true, firstTask)
    }

    private static let list = "DescribeAIDBClusterTasks"

    private static func subject(_ action: String, _ scope: AccountRegion) -> String {
        "\(action) of account \(scope.account) in \(scope.region)"
    }

    private struct Reply {
        var failure: PollFailure?
        var duration = Duration.zero
    }

    private func ask(_ client: PolarDBClient, _ action: DoctorAction) async -> Reply {
        do {
            let answer = try await client.call(
                action.name, subject: action.subject, action.parameters(at: SystemClock().now().wall))
            return Reply(duration: answer.duration)
        } catch {
            return Reply(failure: error)
        }
    }

    /// - Parameters:
    ///   - endpoint: reported once, with the first answer of whatever kind; nil after that.
    ///   - instance: what was asked about, if its name is to stand before a failure.
    /// - Returns: whether it makes sense to ask this account and region anything else.
    private func judge(
        _ reply: Reply, _ action: String, _ scope: AccountRegion, _ endpoint: inout Endpoint?,
        _ report: inout DoctorReport, of instance: String? = nil
    ) throws -> Bool {
        if let failure = reply.failure, Self.isNoAnswer(failure) {
            try report.add(.unreachable("endpoint of account \(scope.account) in \(scope.region)", failure.message))
            return false
        }
        try reportEndpoint(reply.duration, scope, &endpoint, &report)
        let subject = Self.subject(action, scope)
        guard let failure = reply.failure else {
            try report.add(.good(subject, "allowed"))
            return true
        }
        let words = (instance.map { "instance \($0): " } ?? "") + failure.message
        switch failure.reason {
        case .notFound:
            // A missing permission is reported before the task is looked for.
            try report.add(.worthALook(subject, "allowed, but \(words)"))
            return true
        case .throttled, .unknown:
            try report.add(.worthALook(subject, words))
            return failure.reason == .unknown
        case .permission:
            try report.add(.fault(subject, words))
            return true
        default:
            try report.add(.fault(subject, words))
            return false
        }
    }

    private func reportEndpoint(
        _ duration: Duration, _ scope: AccountRegion, _ endpoint: inout Endpoint?, _ report: inout DoctorReport
    ) throws {
        guard let reached = endpoint else { return }
        let time = duration > .zero ? " in \(DurationText.write(duration))" : ""
        try report.add(.good("endpoint of account \(scope.account) in \(scope.region)", "\(reached) answers\(time)"))
        endpoint = nil
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
