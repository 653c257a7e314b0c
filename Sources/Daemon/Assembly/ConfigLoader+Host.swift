package import Alerts
package import Config
import PolarDB
import Postgres

extension ConfigLoader {
    /// The loader of the service and of every command: what it accepts can be read and sent.
    package static func host(
        environment: HostEnvironment, purpose: ConfigLoader.Purpose = .inspection,
        targets: TargetRegistry = .builtIn
    ) -> ConfigLoader {
        var checks = ConfigChecks()
        checks.accessKey = { CredentialText.mistake(in: $0) }
        checks.tokenFile = { OIDCToken.mistake(inFile: $0) }
        checks.roleName = { RoleName.mistake(in: $0) }
        checks.profile = { ProfileInspection(environment: environment.variables).complaint(about: $0, in: $1) }
        checks.template = { WebhookTemplate.mistake(in: $0, contentType: $1) }
        checks.databaseAddress = { text in
            do throws(PostgresError) {
                return (nil, try PostgresAddress(text).warnings)
            } catch {
                return (error.message, [])
            }
        }
        return ConfigLoader(environment: environment, purpose: purpose, targets: targets.table, checks: checks)
    }
}
