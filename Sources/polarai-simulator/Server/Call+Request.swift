import HTTPTypes
import HummingbirdCore
import NIOCore

extension Call {
    /// No client of ours sends more in a request.
    private static let maximumBody = 8 << 20

    /// - Throws: if the connection breaks before the body is complete, or the body is too large.
    init(_ request: HummingbirdCore.Request, scheme: String, channel: any Channel) async throws {
        let buffer = try await request.body.collect(upTo: Self.maximumBody)
        var headers = HeaderFields()
        if let authority = request.head.authority { headers.append("host", authority) }
        for field in request.head.headerFields {
            headers.append(field.name.rawName, field.value)
        }
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            at: HostClock.now,
            scheme: scheme,
            peer: channel.remoteAddress.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "?",
            method: request.head.method.rawValue,
            target: target,
            path: parts.first.map(String.init) ?? "/",
            queryText: parts.count > 1 ? String(parts[1]) : "",
            query: parts.count > 1 ? QueryItem.parse(parts[1]) : [],
            headers: headers,
            body: Array(buffer.readableBytesView)
        )
    }
}
