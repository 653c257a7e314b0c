import Config
import Model
import Synchronization

/// The settings that SIGHUP changes, as they are now.
final class LiveSettings: Sendable {
    struct Snapshot: Sendable {
        let rules: AccessRules
        /// Reads the token; nil: there is none.
        let token: (@Sendable () throws -> String)?
        let identity: TLSIdentity?
        let language: Language
        /// Scheme, host and path of links to the outside, with a slash at its end; nil: as the request says.
        let externalURL: String?
        /// What the paths of links begin with, and end with a slash: behind a reverse proxy that of `externalURL`.
        let linkPath: String
        let taskMetrics: TaskMetrics

        /// - Throws: `IdentityError`.
        init(_ settings: Settings, secrets: SecretReading) throws(IdentityError) {
            let web = settings.web
            rules = AccessRules(
                hosts: web.hosts, basePath: web.basePath + "/", users: web.users, hasToken: web.token != nil)
            token = Self.reader(of: web.token, secrets)
            identity = if let tls = web.tls { try TLSIdentity(tls, secrets: secrets) } else { nil }
            language = settings.language
            externalURL = web.externalURL.map { address in
                let host = address.host.contains(":") ? "[\(address.host)]" : address.host
                let port = address.port.map { ":\($0)" } ?? ""
                return "\(address.scheme)://\(host)\(port)\(address.path)/"
            }
            linkPath = web.externalURL.map { $0.path + "/" } ?? rules.basePath
            taskMetrics = web.taskMetrics
        }

        private static func reader(
            of token: Secret?, _ secrets: SecretReading
        ) -> (@Sendable () throws -> String)? {
            guard let token else { return nil }
            return { () throws -> String in try secrets.read(token) }
        }
    }

    private let snapshot: Mutex<Snapshot>

    init(_ snapshot: Snapshot) {
        self.snapshot = Mutex(snapshot)
    }

    var current: Snapshot { snapshot.withLock { $0 } }

    func replace(with new: Snapshot) {
        snapshot.withLock { $0 = new }
    }
}
