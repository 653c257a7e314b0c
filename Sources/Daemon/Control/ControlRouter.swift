import Glibc
import Model

/// From a call to what it asks for, and from what came of it to a reply.
struct ControlRouter: Sendable {
    private let requests: any ControlRequests

    init(_ requests: any ControlRequests) {
        self.requests = requests
    }

    func reply(to call: ControlCall) async -> ControlReply {
        do {
            switch call.path {
            case "/v1/status":
                try call.require("GET")
                return ControlReply(200, try await requests.status())
            case "/v1/reload":
                try call.require("POST")
                try await checkConfig(of: call)
                return Self.reply(await requests.reload())
            case "/v1/poll":
                try call.require("POST")
                return try await poll(ControlBody(call, keys: ["cluster"]))
            case "/v1/targets/probe":
                try call.require("POST")
                return try await probe(ControlBody(call, keys: ["target"]))
            case "/v1/alerts/retry":
                try call.require("POST")
                let order = try ControlBody(call, keys: ["ids", "target", "since", "again"]).alertOrder()
                return Self.reply(try await requests.retryAlerts(order))
            case "/v1/alerts/drop":
                try call.require("POST")
                let order = try ControlBody(call, keys: ["ids", "target", "since"]).alertOrder()
                return Self.reply(try await requests.dropAlerts(order))
            default:
                return .error(
                    404,
                    "there is no \(call.path); there are GET /v1/status, POST /v1/reload, POST /v1/poll, "
                        + "POST /v1/targets/probe, POST /v1/alerts/retry and POST /v1/alerts/drop")
            }
        } catch let reply as ControlReply {
            return reply
        } catch AlertOrderRefused.wrong(let message) {
            return .error(400, message)
        } catch AlertOrderRefused.failed(let message) {
            return .error(500, message)
        } catch {
            return .error(500, String(describing: error))
        }
    }

    /// An operator who names a config means that one; the daemon can only read its own again.
    private func checkConfig(of call: ControlCall) async throws {
        guard !call.body.isEmpty, let wanted = try ControlBody(call, keys: ["config"]).text("config"),
            let own = await requests.configPath(), !Self.isSameFile(wanted, own)
        else { return }
        throw ControlReply.error(
            409,
            "this daemon runs with the config \(own), and a reload reads that one again; nothing was reloaded. To use "
                + "\(wanted), set it in the unit (--config or $POLARAI_CONFIG) and restart the daemon")
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return one == other }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    private func poll(_ body: ControlBody) async throws -> ControlReply {
        guard let cluster = try body.text("cluster"), !cluster.isEmpty else {
            throw ControlReply.error(
                400, "name the cluster: {\"cluster\": \"pm-…\"}, by its id or its name in the config")
        }
        guard let id = try await requests.pollNow(cluster) else {
            return .error(404, "\(cluster) is not watched: neither an id nor a name of the config")
        }
        return ControlReply(202, .object(["cluster": .string(id.rawValue)]))
    }

    private func probe(_ body: ControlBody) async throws -> ControlReply {
        guard let target = try body.text("target"), !target.isEmpty else {
            throw ControlReply.error(400, "name the target: {\"target\": \"chat\"}, by its name in the config")
        }
        guard await requests.probe(target) else { return .error(404, "the config has no target \(target)") }
        return ControlReply(202, .object(["target": .string(target)]))
    }

    private static func reply(_ verdict: ReloadVerdict) -> ControlReply {
        switch verdict {
        case .taken(let notes):
            ControlReply(200, .object(["reloaded": .bool(true), "notes": .strings(notes)]))
        case .refused(let mistakes):
            ControlReply(422, .object(["reloaded": .bool(false), "mistakes": .strings(mistakes)]))
        }
    }

    private static func reply(_ answer: AlertAnswer) -> ControlReply {
        if let target = answer.unknownTarget { return .error(404, "there is no target \(target)") }
        func list(_ names: [AlertName]) -> JSONValue {
            .array(
                names.map {
                    .object(["id": .string($0.id), "target": .string($0.target), "was": JSONValue($0.was?.rawValue)])
                })
        }
        let body: JSONValue = .object([
            "changed": list(answer.changed), "unchanged": list(answer.unchanged), "unknown": .strings(answer.unknown),
            "changed_count": .integer(Int64(answer.changedCount)),
            "unchanged_count": .integer(Int64(answer.unchangedCount)),
        ])
        return ControlReply(answer.changedCount == 0 && !answer.unknown.isEmpty ? 404 : 200, body)
    }
}

extension ControlCall {
    fileprivate func require(_ method: String) throws(ControlReply) {
        guard self.method != method else { return }
        var reply = ControlReply.error(405, "\(path) takes \(method), not \(self.method)")
        reply.allow = method
        throw reply
    }
}

/// A request's body: an object of known keys.
private struct ControlBody {
    private let members: [String: JSONValue]

    init(_ call: ControlCall, keys: Set<String>) throws(ControlReply) {
        guard let value = try? JSONValue(parsing: call.body), let members = value.objectValue else {
            throw .error(400, "the body must be a JSON object with \(Self.list(keys))")
        }
        if let unknown = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .error(400, "\(unknown) is not known here; there are \(Self.list(keys))")
        }
        self.members = members
    }

    func text(_ key: String) throws(ControlReply) -> String? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw .error(400, "\(key) must be a text") }
        return text
    }

    func alertOrder() throws(ControlReply) -> AlertOrder {
        var order = AlertOrder(target: try text("target"))
        if let ids = members["ids"], !ids.isNull {
            guard let items = ids.arrayValue, items.allSatisfy({ $0.stringValue != nil }) else {
                throw .error(400, "ids must be a list of texts")
            }
            order.ids = items.compactMap(\.stringValue)
        }
        if let since = try text("since") {
            guard let time = Timestamp(rfc3339: since) else {
                throw .error(400, "since must be a time like 2026-11-24T08:00:00Z")
            }
            order.since = time
        }
        switch members["again"] {
        case nil, .null: break
        case .bool(let again): order.again = again
        default: throw .error(400, "again must be true or false")
        }
        guard order.target != nil || order.ids?.isEmpty == false else {
            throw .error(400, "say which alerts: ids, or a target")
        }
        return order
    }

    private static func list(_ keys: Set<String>) -> String {
        keys.sorted().joined(separator: ", ")
    }
}

extension JSONValue {
    fileprivate static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}
