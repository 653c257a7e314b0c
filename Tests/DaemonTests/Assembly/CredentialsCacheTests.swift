import HTTPTransport
import Model
import PolarDB
import Testing

@testable import Daemon

struct CredentialsCacheTests {
    private final class Keys: CredentialsProvider {
        func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
            throw PollFailure(reason: .credentials, message: "none")
        }
        func invalidate(_ credentials: Credentials) async {}
    }

    private static func key(
        _ credentials: CredentialSettings, region: String = "cn-beijing", usesVPC: Bool = false
    ) -> CredentialsCache.Key {
        CredentialsCache.Key(
            credentials: credentials, connection: ConnectionOptions(), region: region, usesVPC: usesVPC)
    }

    private static let role = CredentialSettings.ecsRAMRole(roleName: "polarai", metadataEndpoint: nil)

    @Test func `the same credentials are kept over a reload`() {
        let cache = CredentialsCache()
        let first = Keys()
        cache.keep([Self.key(Self.role): first])
        #expect(cache.provider(Self.key(Self.role)) { Keys() } as? Keys === first)
    }

    @Test(arguments: [
        key(.ecsRAMRole(roleName: "other", metadataEndpoint: nil)), key(role, region: "cn-hangzhou"),
        key(role, usesVPC: true),
    ])
    func `anything that differs makes a new one`(key: CredentialsCache.Key) {
        let cache = CredentialsCache()
        let first = Keys()
        cache.keep([Self.key(Self.role): first])
        #expect(cache.provider(key) { Keys() } as? Keys !== first)
    }

    @Test(arguments: [
        CredentialSettings.defaultChain, .ramRoleARN(AssumedRole(roleARN: "acs:ram::1:role/x"), source: .defaultChain),
    ])
    func `the default chain is searched again, also as the source of a role`(credentials: CredentialSettings) {
        let cache = CredentialsCache()
        let first = Keys()
        cache.keep([Self.key(credentials): first])
        #expect(cache.provider(Self.key(credentials)) { Keys() } as? Keys !== first)
    }

    @Test func `what the new config does not use is forgotten, and asking alone keeps nothing`() {
        let cache = CredentialsCache()
        let first = Keys()
        let second = Keys()
        cache.keep([Self.key(Self.role): first])
        _ = cache.provider(Self.key(.profile(name: "a", file: nil))) { second }
        #expect(cache.provider(Self.key(.profile(name: "a", file: nil))) { Keys() } as? Keys !== second)
        cache.keep([:])
        #expect(cache.provider(Self.key(Self.role)) { Keys() } as? Keys !== first)
    }
}
