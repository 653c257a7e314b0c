import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// Every value that a source of credentials answers, made odd.
struct CredentialNumbersTests {
    private static let answer = #"""
        {"Code": "Success", "AccessKeyId": "STS.made-up-id", "AccessKeySecret": "made-up-secret",
         "SecurityToken": "made-up-token", "Expiration": "2026-11-24T09:00:00Z", "LastUpdated": 1795507200}
        """#

    private func credentials(_ body: [UInt8]) async throws -> Credentials {
        let factory = CredentialsFactory(
            http: AnsweringClient { _ in HTTPResponse(status: 200, headers: HTTPHeaders(), body: body) },
            environment: [:],
            read: { secret in if case .literal(let text) = secret.source { text } else { "" } },
            now: { Course.start.wall })
        return try await factory.provider(for: .uri(Secret(.literal("http://127.0.0.1:9/keys"))))
            .credentials(at: Course.start.wall)
    }

    private func expectBelievable(_ credentials: Credentials?, _ change: String) {
        guard let expiration = credentials?.expiration else { return }
        let year = CivilTime(expiration).year
        #expect((2000...2100).contains(year), "\(change)")
    }

    @Test func `every value`() async throws {
        for (text, change) in try OddNumbers.variants(of: Self.answer) {
            expectBelievable(try? await credentials(Array(text.utf8)), change)
        }
        #expect(try await credentials(Array(Self.answer.utf8)).expiration?.rfc3339 == "2026-11-24T09:00:00.000Z")
    }

    @Test func `mutations`() async {
        var random = SeededGenerator(seed: 5)
        for round in 0..<20_000 {
            let body = Mutation.apply(to: Array(Self.answer.utf8), &random)
            expectBelievable(try? await credentials(body), "round \(round)")
        }
    }
}
