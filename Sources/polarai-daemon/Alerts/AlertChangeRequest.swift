import Config
import Daemon
import HTTPTransport
import Model
import Store

/// A retry or a drop: by the running daemon, which alone knows what is under way; without one, in the database.
struct AlertChangeRequest {
    enum Action: String {
        case retry, drop
    }

    let order: AlertOrder
    let action: Action
    let database: DatabaseOption

    func run() async throws {
        let path = try database.path()
        let daemon = try HistoryReader(path: path).daemonInfo()
        let answer = daemon?.isRunning == true ? try await askDaemon() : try change(path)
        for alert in answer.changed {
            let outcome = action == .retry ? "is tried again" : "is given up"
            try StandardOutput.write(Array("\(alert.id) for \(alert.target) \(outcome).\n".utf8))
        }
        for alert in answer.unchanged {
            let reason =
                action == .retry
                ? "has arrived or was told in a digest; --again sends it once more" : "neither waits nor is dead"
            StandardError.write("\(alert.id) for \(alert.target) was left as it is: it \(reason).")
        }
        if answer.changed.isEmpty, answer.unchanged.isEmpty, answer.unknown.isEmpty {
            StandardError.write("No alert waits or is dead there.")
        }
        guard answer.unknown.isEmpty else {
            let whom = order.target.map { " for the target \($0)" } ?? ""
            throw CommandFailure("There is no alert \(answer.unknown.joined(separator: ", "))\(whom).", .failure)
        }
    }

    private func change(_ path: String) throws -> AlertAnswer {
        let store = try EventStore(path: path, at: TimeArgument.now)
        let unknown = (order.ids ?? []).filter { store.seq(ofID: $0) == nil }
        let selection = AlertSelection(
            seqs: order.ids?.compactMap { store.seq(ofID: $0) }, target: order.target, since: order.since)
        let change =
            switch action {
            case .retry: try store.retryAlerts(selection, again: order.again, at: TimeArgument.now)
            case .drop: try store.dropAlerts(selection, at: TimeArgument.now)
            }
        func name(_ key: AlertKey) -> AlertName {
            AlertName(id: "\(store.installation)-\(key.seq)", target: key.target)
        }
        try store.close()
        return AlertAnswer(
            changed: change.changed.map(name), unchanged: change.unchanged.map(name),
            unknown: unknown + change.unknown.map { "\(store.installation)-\($0)" })
    }

    private func askDaemon() async throws -> AlertAnswer {
        let http = CurlClient(userAgent: ProgramVersion.userAgent)
        defer { http.shutdown() }
        let path = ControlSocket.path(environment: HostEnvironment.current().variables)
        var body: [String: JSONValue] = [:]
        if let ids = order.ids { body["ids"] = .array(ids.map { .string($0) }) }
        if let target = order.target { body["target"] = .string(target) }
        if let since = order.since { body["since"] = .string(since.rfc3339) }
        if order.again { body["again"] = .bool(true) }
        let reply: ControlReply
        do throws(ControlClientError) {
            reply = try await ControlClient(path: path, http: http)
                .send(.post, "/v1/alerts/\(action.rawValue)", .object(body))
        } catch {
            throw CommandFailure(error)
        }
        guard let changed = reply.body["changed"] else {
            throw CommandFailure(reply.body["error"]?.stringValue ?? "The daemon answered \(reply.status).", .failure)
        }
        return AlertAnswer(
            changed: Self.names(changed), unchanged: Self.names(reply.body["unchanged"]),
            unknown: reply.body["unknown"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    private static func names(_ value: JSONValue?) -> [AlertName] {
        (value?.arrayValue ?? []).compactMap { item in
            guard let id = item["id"]?.stringValue, let target = item["target"]?.stringValue else { return nil }
            return AlertName(id: id, target: target)
        }
    }
}
