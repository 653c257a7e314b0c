import TestSupport

/// A config as an operator writes it, with what differs from test to test.
struct DaemonConfig: Sendable {
    var endpoint: String
    /// Nil: left out.
    var caFile: String?
    var credentials = #"{"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}"#
    /// Of one API call.
    var timeout = "10s"
    /// JSON, as `accounts` of the config.
    var accounts = "{}"
    /// Ids, or JSON objects.
    var clusters: [String] = []
    var running = "200ms"
    var settled = "200ms"
    var failingAfter = "5m"
    /// JSON, as `targets` of the config.
    var targets = "{}"
    /// JSON, as `routes` of the config; nil: left out.
    var routes: String?
    /// JSON, as `hooks` of the config.
    var hooks = "{}"
    /// The URL of a PostgreSQL database, in place of the site's own file.
    var databaseURL: String?
    /// JSON, further members of the config, each with a comma behind it.
    var more = ""

    init(endpoint: String, caFile: String?, clusters: [String]) {
        self.endpoint = endpoint
        self.caFile = caFile
        self.clusters = clusters
    }

    /// Watches the simulator's tasks over HTTPS.
    init(_ simulator: Simulator, clusters: [String]) {
        self.init(endpoint: simulator.https, caFile: simulator.caFile, clusters: clusters)
    }

    func text(database: String) -> String {
        """
        {
          "api": {
            "region": "cn-beijing", "endpoint": "\(endpoint)",\(caFile.map { " \"ca_file\": \"\($0)\"," } ?? "") "timeout": "\(timeout)",
            "credentials": \(credentials), "calls_per_second": 500, "burst": 100
          },
          "accounts": \(accounts),
          "clusters": [\(clusters.map { $0.hasPrefix("{") ? $0 : "\"\($0)\"" }.joined(separator: ", "))],
          "schedule": {"running": "\(running)", "settled": "\(settled)", "jitter": 0, "failing_after": "\(failingAfter)"},
          "targets": \(targets),\(routes.map { "\n  \"routes\": \($0)," } ?? "")
          "hooks": \(hooks),
          \(more)
          "storage": {\(databaseURL.map { "\"url\": \"\($0)\"" } ?? "\"path\": \"\(database)\"")}
        }
        """
    }
}

extension Simulator {
    /// A webhook target at one of the simulator's receivers, over HTTPS, as a config has it.
    func target(_ hook: String, secret: String? = nil, retry: String = #"["200ms"]"#, path: String = "") -> String {
        let secret = secret.map { #", "secret": "\#($0)""# } ?? ""
        return #"{"url": "\#(https)/hook/\#(hook)\#(path)", "ca_file": "\#(caFile)", "retry": \#(retry)\#(secret)}"#
    }

    /// A scenario's task that trains since an hour.
    static func training(_ id: String) -> String {
        #"{"id": "\#(id)", "phases": [{"at": "-1h", "status": "ACTIVATION"}]}"#
    }

    /// How many of the API's calls about a cluster came so far.
    func callCount(_ cluster: String) async throws -> Int {
        try await calls(cluster: cluster).count
    }

    /// Waits for so many more calls about each cluster, which a daemon that watches them makes.
    func awaitCalls(_ more: Int, of clusters: [String], within limit: Duration = .seconds(60)) async throws {
        var goals: [String: Int] = [:]
        for cluster in clusters { goals[cluster] = try await callCount(cluster) + more }
        for (cluster, goal) in goals {
            try await eventually("\(more) more polls of \(cluster)", within: limit, every: .milliseconds(50)) {
                try await callCount(cluster) >= goal
            }
        }
    }
}
