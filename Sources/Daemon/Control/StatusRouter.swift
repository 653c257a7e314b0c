package import Model

/// What the status socket answers: GET only, and nothing that changes anything.
///
/// - `GET /v1/status`: the object of `status --format json`.
/// - `GET /v1/metrics`: a `MetricsSnapshot` as JSON.
/// - `GET /v1/instances`: the parent instances whose tasks cannot be listed, and why.
package enum StatusRouter {
    package typealias Source = @Sendable () async throws -> JSONValue

    /// - Throws: `ControlSocketError` if there can be no socket at the path.
    package static func server(
        path: String, status: @escaping Source, metrics: @escaping Source, instances: @escaping Source
    ) throws(ControlSocketError) -> ControlServer {
        var limits = ControlServer.Limits()
        limits.connections = 32
        let answers = [
            "/v1/status": SharedReply(status), "/v1/metrics": SharedReply(metrics),
            "/v1/instances": SharedReply(instances),
        ]
        return try ControlServer(path: path, limits: limits) { call in
            guard call.method == "GET" else {
                return .notAllowed("only GET is supported here, not \(call.method)", use: "GET")
            }
            guard let answer = answers[call.path] else {
                return .error(
                    404,
                    "there is no \(call.path); there are GET /v1/status, GET /v1/metrics and GET /v1/instances")
            }
            return await answer.reply()
        }
    }
}

/// An answer that is made once for all who ask at the same time, and not more often than a few times a second: whoever
/// may only read must not be able to keep the daemon from its work.
private actor SharedReply {
    private let source: StatusRouter.Source
    private var underWay: Task<ControlReply, Never>?
    private var lastBegan: ContinuousClock.Instant?

    private static let spacing = Duration.milliseconds(100)

    init(_ source: @escaping StatusRouter.Source) {
        self.source = source
    }

    func reply() async -> ControlReply {
        if let underWay { return await Self.value(of: underWay) }
        let due = lastBegan.map { $0.advanced(by: Self.spacing) }
        let task = Task { [source] in
            if let due, due > .now { try? await Task.sleep(until: due) }
            return await Self.make(source)
        }
        underWay = task
        lastBegan = max(.now, due ?? .now)
        let reply = await Self.value(of: task)
        underWay = nil
        return reply
    }

    /// Nobody is cancelled but by the end of the socket: then nobody waits any more.
    private static func value(of task: Task<ControlReply, Never>) async -> ControlReply {
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private static func make(_ source: StatusRouter.Source) async -> ControlReply {
        do {
            return ControlReply(200, try await source())
        } catch let reply as ControlReply {
            return reply
        } catch {
            return .error(500, String(describing: error))
        }
    }
}
