import Foundation
import Model
import TestSupport
import Testing

/// A host whose clock is off by more than Alibaba Cloud takes.
struct ClockTests {
    @Test(arguments: ["20m", "-30h"])
    func `polls go on, dated by the server's clock, and it is said once`(skew: String) async throws {
        let simulator = try await Simulator(
            scenario: #"{"clock": {"skew": "\#(skew)"}, "tasks": [{"id": "pm-{n}", "count": 3}]}"#)
        let account =
            #""credentials": {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}"#
        let daemon = try WatchingDaemon(
            """
            "api": {"region": "cn-beijing", "endpoint": "\(simulator.http)", "calls_per_second": 50, \(account)},
            "accounts": {"other": {\(account)}, "role": {"credentials": {"type": "ram_role_arn",
              "role_arn": "acs:ram::1:role/r", "sts_endpoint": "\(simulator.http)",
              "source": {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}}}},
            "schedule": {"running": "200ms"},
            "clusters": ["pm-1", {"id": "pm-2", "account": "other"}, {"id": "pm-3", "account": "role"}]}
            """)
        try await daemon.awaitReady()
        for id in ["pm-1", "pm-2", "pm-3"] {
            try await eventually("good answers for \(id)") {
                try await simulator.calls(cluster: id).filter { $0["code"]?.stringValue == nil }.count > 3
            }
        }
        #expect(daemon.log.filter { $0.contains("This host's clock is") }.count == 1, "\(daemon.log)")
        #expect(try await daemon.lastErrors() == [])
        // Set right, it is said once more.
        try await simulator.setClock(skew: "0s")
        try await daemon.program.awaitLine(onErrors: true) { $0.contains("clock agrees with Alibaba Cloud's again") }
        let seen = try await simulator.calls().count
        try await eventually("more polls") { try await simulator.calls().count > seen + 12 }
        #expect(try await daemon.lastErrors() == [])
        #expect(!daemon.log.contains { $0.contains("is failing") }, "\(daemon.log)")
    }
}
