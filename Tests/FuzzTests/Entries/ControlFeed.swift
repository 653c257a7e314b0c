import Model

@testable import Daemon

/// Requests on the control socket, in one piece and byte by byte: what is asked for is the same.
enum ControlFeed {
    static func feed(_ bytes: [UInt8]) async throws {
        var whole = ControlCallReader()
        let progress = whole.read(bytes)
        if bytes.count <= 2048 {
            var byByte = ControlCallReader()
            var last = ControlCallReader.Progress.needsMore
            for byte in bytes where last == .needsMore { last = byByte.read([byte]) }
            try BrokenRule.unless(last == progress, "in one piece: \(progress); byte by byte: \(last)")
        }
        switch progress {
        case .needsMore:
            let most = ControlCallReader.maximumHeadBytes + ControlCallReader.maximumBodyBytes
            try BrokenRule.unless(bytes.count <= most, "\(bytes.count) bytes, and more are wanted")
        case .refused(let reply): try check(reply)
        case .call(let call): try check(await ControlRouter(Desk()).reply(to: call))
        }
    }

    private static func check(_ reply: ControlReply) throws {
        try BrokenRule.unless((200..<600).contains(reply.status), "the status \(reply.status)")
        let text = String(decoding: reply.bytes, as: UTF8.self)
        // What is quoted must not end the head.
        let head = text.prefix(upTo: text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex)
        try BrokenRule.unless(head.split(separator: "\r\n").count <= 6, "a head with lines of others: \(head)")
    }

    /// Does nothing, and says that it is done.
    private struct Desk: ControlRequests {
        func status() async throws -> JSONValue { .object([:]) }
        func reload() async -> ReloadVerdict { .taken([]) }
        func configPath() async -> String? { "/etc/polarai/config.json" }
        func pollNow(_ cluster: String) async throws -> ClusterID? { ClusterID(cluster) }
        func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer { AlertAnswer() }
        func probe(_ target: String) async -> Bool { true }
        func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer { AlertAnswer() }
        func addSilence(_ order: SilenceOrder) async throws(AlertOrderRefused) -> JSONValue {
            .object(["until": .string(order.until.rfc3339)])
        }
        func endSilence(_ id: Int64) async throws(AlertOrderRefused) -> JSONValue? { nil }
        func acknowledge(
            _ names: [String], by author: String, comment: String?
        ) async throws(AlertOrderRefused) -> AckAnswer { AckAnswer([]) }
    }
}
