import Foundation
import Model
import TestSupport
import Testing

/// Keys that are replaced while the daemon polls: an independent metadata service, STS and verifier, by the vendors' own
/// code, and not one failed poll.
struct RotatingKeysTests {
    @Test(.timeLimit(.minutes(10)))
    func `no poll fails while the keys of every account rotate`() async throws {
        // Each key lives six seconds and is replaced after three.
        let verifier = try await ACS3Verifier(keyLifetime: 6)
        let seconds = 15.0
        let daemon = try WatchingDaemon(
            """
            "api": {
              "region": "cn-beijing", "endpoint": "https://localhost:\(verifier.httpsPort)",
              "ca_file": "\(verifier.caFile)", "calls_per_second": 100, "burst": 20,
              "credentials": {"type": "ecs_ram_role", "metadata_endpoint": "\(verifier.keyServices)"}
            },
            "accounts": {
              "role": {"credentials": {
                "type": "ram_role_arn", "role_arn": "acs:ram::1:role/r", "sts_endpoint": "\(verifier.keyServices)",
                "source": {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}}},
              "chained": {"credentials": {
                "type": "ram_role_arn", "role_arn": "acs:ram::1:role/c", "sts_endpoint": "\(verifier.keyServices)",
                "source": {"type": "ecs_ram_role", "metadata_endpoint": "\(verifier.keyServices)"}}}
            },
            "schedule": {"running": "300ms", "jitter": 0.1},
            "clusters": ["pm-1", "pm-2", {"id": "pm-3", "account": "role"}, {"id": "pm-4", "account": "role"},
                         {"id": "pm-5", "account": "chained"}]}
            """)
        try await daemon.awaitReady()
        let clock = ContinuousClock()
        let start = clock.now
        try await eventually("ten keys", within: .seconds(120), every: .milliseconds(500)) {
            let stats = try await verifier.stats()
            #expect(stats.refused == [])
            return stats.keys >= 10 && clock.now - start >= .seconds(seconds)
        }
        let stats = try await verifier.stats()
        #expect(stats.refused == [])
        // Five clusters, some three times a second each, of which a slow machine makes at least half.
        #expect(Double(stats.accepted) > 5 * 3 * seconds / 2, "\(stats.accepted) polls")
        #expect(try await daemon.lastErrors() == [])
        #expect(!daemon.log.contains { $0.contains("is failing") }, "\(daemon.log)")
        #expect(try await daemon.program.stop() == .exit(0))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a token that ends before its time is renewed, and the poll goes through`() async throws {
        // The helper behind the URI has a new key every second; the daemon keeps its own until that is refused.
        let simulator = try await Simulator(
            scenario: #"{"tasks": [{"id": "pm-{n}", "count": 4}], "credentials": {"lifetime": "600s", "rotate": "1s"}}"#
        )
        let daemon = try WatchingDaemon(
            """
            "api": {"region": "cn-beijing", "endpoint": "\(simulator.http)", "calls_per_second": 100, "burst": 20,
                    "credentials": {"type": "uri", "url": "\(simulator.http)/credentials"}},
            "schedule": {"running": "200ms"}, "clusters": ["pm-1", "pm-2", "pm-3", "pm-4"]}
            """)
        try await daemon.awaitReady()
        try await eventually("the first polls") { try await simulator.calls(cluster: "pm-4").count > 3 }
        #expect(try await simulator.calls(action: "credentials_uri").count == 1)
        // Once each of the four is refused for its token.
        for number in 1...4 {
            try await simulator.addFault(
                """
                {"kind": "error", "cluster": "pm-\(number)", "times": 1, "http": 403,
                 "code": "InvalidSecurityToken.Expired", "message": "Specified SecurityToken is expired."}
                """)
        }
        try await eventually("the renewal") {
            try await simulator.calls().filter { $0["fault"]?.stringValue == "error" }.count == 4
        }
        let renewals = try await simulator.calls(action: "credentials_uri").count - 1
        #expect((1...4).contains(renewals), "\(renewals) renewals for four refusals")
        let seen = try await simulator.calls().count
        try await eventually("later polls") { try await simulator.calls().count > seen + 12 }
        #expect(try await daemon.lastErrors() == [])
        #expect(!daemon.log.contains { $0.contains("is failing") }, "\(daemon.log)")
    }
}
