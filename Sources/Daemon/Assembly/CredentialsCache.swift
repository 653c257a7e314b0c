import HTTPTransport
import Model
import PolarDB
import Synchronization

/// The accounts' credentials across reloads: a config that leaves them as they were needs no new keys, which may not be
/// available just then.
///
/// All but the default chain: a reload is how an operator has it searched again.
final class CredentialsCache: Sendable {
    /// Everything that a provider depends on.
    struct Key: Hashable {
        let credentials: CredentialSettings
        let connection: ConnectionOptions
        let region: String?
        let usesVPC: Bool
    }

    private let providers = Mutex<[Key: any CredentialsProvider]>([:])

    /// The provider of the config before, or a new one.
    func provider(_ key: Key, make: () -> any CredentialsProvider) -> any CredentialsProvider {
        providers.withLock { $0[key] } ?? make()
    }

    /// Forgets what the new config does not use.
    func keep(_ used: [Key: any CredentialsProvider]) {
        let kept = used.filter { !$0.key.credentials.looksAround }
        providers.withLock { $0 = kept }
    }
}

extension CredentialSettings {
    fileprivate var looksAround: Bool {
        switch self {
        case .defaultChain: true
        case .ramRoleARN(_, let source): source.looksAround
        case .accessKey, .ecsRAMRole, .oidcRoleARN, .profile, .uri: false
        }
    }
}
