import Foundation
import Model
import TestSupport
import Testing

/// The API's side played by the vendor's own code.
@Suite(.timeLimit(.minutes(10)))
struct SignedPollTests {
    @Test func `a thousand polls over HTTPS are right for the official signing code, on few connections`() async throws
    {
        let clusters = (0..<10).map { "pm-2ze9signed0000\($0)" }
        let verifier = try await ACS3Verifier()
        var config = DaemonConfig(
            endpoint: "https://localhost:\(verifier.httpsPort)", caFile: verifier.caFile, clusters: clusters)
        config.running = "100ms"
        let site = try Site(config)
        let daemon = try await site.start()
        try await eventually("a thousand polls", within: .seconds(100), every: .milliseconds(200)) {
            let stats = try await verifier.stats()
            try #require(stats.refused.isEmpty, "\(stats.refused)")
            return stats.accepted >= 1000
        }
        #expect(try await daemon.stop().ending == .exit(0))
        let stats = try await verifier.stats()
        #expect(stats.refused.isEmpty)
        // A cluster has one call under way at most, and then its connection is free for the next one. A busy machine may
        // leave one unused for so long that it is given up.
        #expect((1...clusters.count * 3).contains(stats.connections), "\(stats.accepted) polls")
        #expect(try await site.history().count == clusters.count, "the same answer again is not a transition")
        for line in try await site.status()["clusters"]?.arrayValue ?? [] { #expect(line["last_error"] == .null) }
    }
}
