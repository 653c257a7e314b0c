import Model
import Store
import WebPage

/// `/feed.atom`: the newest hundred events (RFC 4287).
struct FeedDesk: Sendable {
    let archive: Archive

    private static let length = 100

    func answer(
        _ request: CheckedRequest, _ address: PublicAddress, _ settings: LiveSettings.Snapshot
    ) async throws -> Reply {
        try await Problem.reporting {
            let query = try Query(request.query)
            _ = try Parameters(query, allowed: ["lang"], ignoresEmpty: true)
            let words = try PageLanguage(query, request.request, standard: settings.language).words
            let bytes = try await archive.read { reader in
                var lines: [EventLine] = []
                _ = try reader.history(HistoryFilter(), before: nil, limit: Self.length) {
                    lines.append(try EventLine($0))
                }
                return AtomFeed.render(
                    lines.reversed(), installation: reader.installation, base: address.base, words: words)
            }
            return Reply(type: "application/atom+xml; charset=utf-8", body: bytes)
        }
    }
}
