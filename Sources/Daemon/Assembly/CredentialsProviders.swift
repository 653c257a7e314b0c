import Config
import Model
import PolarDB

/// Makes the provider that a config's `credentials` ask for.
enum CredentialsProviders {
    static func make(
        _ settings: CredentialSettings, environment: HostEnvironment, read: @escaping SecretReader
    ) -> any CredentialsProvider {
        switch settings {
        case .accessKey(let id, let secret, let token):
            AccessKeyProvider(id: id, secret: secret, securityToken: token, read: read)
        default:
            EnvironmentProvider(environment: environment.variables)
        }
    }
}
