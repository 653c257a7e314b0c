import Glibc
import Model

/// From a call to what it asks for, and from what came of it to a reply.
struct ControlRouter: Sendable {
    private let requests: any ControlRequests

    init(_ requests: any ControlRequests) {
        self.requests = requests
    }

    func reply(to call: ControlCall) async -> ControlReply {
        if let meant = call.meant, !meant.contains(getpid()) {
            return .error(
                409,
                "The daemon that answers here (pid \(getpid())) works on another database, so nothing was changed. Run the "
                    + "command with the RUNTIME_DIRECTORY of the daemon that works on this one, or stop that daemon first."
            )
        }
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
            case "/v1/silences":
                try call.require("POST")
                let keys: Set = ["matchers", "all", "until", "comment", "by", "drop"]
                let order = try ControlBody(call, keys: keys).silenceOrder(peer: call.peer)
                return ControlReply(200, try await requests.addSilence(order))
            case "/v1/ack":
                try call.require("POST")
                return try await ack(ControlBody(call, keys: ["ids", "comment", "by"]), peer: call.peer)
            case let path where path.hasPrefix("/v1/silences/"):
                try call.require("DELETE")
                return try await endSilence(path.dropFirst("/v1/silences/".count))
            default:
                return .error(
                    404,
                    "there is no \(call.path); there are GET /v1/status, POST /v1/reload, POST /v1/poll, "
                        + "POST /v1/targets/probe, POST /v1/alerts/retry, POST /v1/alerts/drop, POST /v1/silences, "
                        + "DELETE /v1/silences/ID and POST /v1/ack")
            }
        } catch let reply as ControlReply {
            return reply
        } catch AlertOrderRefused.wrong(let message) {
            return .error(400, message)
        } catch AlertOrderRefused.unavailable(let message) {
            return .error(503, message)
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
                400, "name the task: {\"cluster\": \"pm-…\"}, by its id or its name in the config")
        }
        guard let id = try await requests.pollNow(cluster) else {
            return .error(404, "\(cluster) is not watched: no task has this id or name")
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

    private func endSilence(_ text: Substring) async throws -> ControlReply {
        guard let id = Int64(text), let silence = try await requests.endSilence(id) else {
            return .error(404, "There is no silence \(text).")
        }
        return ControlReply(200, silence)
    }

    private func ack(_ body: ControlBody, peer: String?) async throws -> ControlReply {
        let names = try body.texts("ids") ?? []
        guard !names.isEmpty else {
            throw ControlReply.error(
                400,
                "name the events or tasks: {\"ids\": [\"k3v9x2ab-17\"]}; each is an event's id, or a task's id, name or glob"
            )
        }
        guard names.count <= 1000 else { throw ControlReply.error(400, "ids has more than 1000 items") }
        let (author, comment) = try body.note(peer: peer)
        let answer = try await requests.acknowledge(names, by: author, comment: comment)
        return ControlReply(answer.isEmpty ? 404 : 200, answer.json)
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
        return ControlReply(answer.changedCount == 0 && !answer.unknown.isEmpty ? 404 : 200, answer.json)
    }
}

extension ControlCall {
    fileprivate func require(_ method: String) throws(ControlReply) {
        guard self.method != method else { return }
        throw .notAllowed("\(path) takes \(method), not \(self.method)", use: method)
    }
}
