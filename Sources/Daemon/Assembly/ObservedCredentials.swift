import Model
import PolarDB
import Synchronization

/// Gives what another provider gives, and remembers when it expires.
final class ObservedCredentials: CredentialsProvider {
    private let provider: any CredentialsProvider
    private let last = Mutex<Timestamp?>(nil)

    init(_ provider: any CredentialsProvider) {
        self.provider = provider
    }

    /// Of the credentials that were given out last; nil for keys that do not expire.
    var expiration: Timestamp? { last.withLock { $0 } }

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let credentials = try await provider.credentials(at: now)
        last.withLock { $0 = credentials.expiration }
        return credentials
    }

    func invalidate(_ credentials: Credentials) async {
        await provider.invalidate(credentials)
    }
}
