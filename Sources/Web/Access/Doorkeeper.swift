import Config
import Crypto
import Model
import NIOPosix

/// Checks who asks. One hash is computed at a time, and its result is kept: a page that refreshes itself must not cost a
/// tenth of a second of a core each time.
actor Doorkeeper {
    enum Decision: Hashable {
        case admitted
        case refused
        /// The token that is to be compared cannot be read.
        case unreadable
        /// Too many wait for their hash to be computed.
        case busy
    }

    private struct Attempt: Hashable {
        let user: String
        /// Of the password and the hash it is compared with, with a key that nobody else has.
        let digest: [UInt8]
    }

    private let pool: NIOThreadPool
    private let report: @Sendable (String) -> Void
    private var isReported = false
    private let key = SymmetricKey(size: .bits256)
    private var results: [Attempt: Bool] = [:]
    private var underWay: [Attempt: Task<Bool, Never>] = [:]

    private static let longestQueue = 16
    private static let most = 1000

    /// - Parameters:
    ///   - pool: of one thread.
    ///   - report: gets why the token cannot be read, once until it can be read again.
    init(pool: NIOThreadPool, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.pool = pool
        self.report = report
    }

    /// - Parameter token: reads the token; throws if that is not possible now.
    func decide(
        _ authorization: Authorization?, users: [String: String], token: (@Sendable () throws -> String)?
    ) async -> Decision {
        switch authorization {
        case nil: return .refused
        case .bearer(let given):
            guard let token else { return .refused }
            guard let read = try? await pool.runIfActive({ Result { try token() } }) else { return .busy }
            do {
                let expected = try read.get()
                isReported = false
                return ConstantTime.equal(digest(given), digest(Array(expected.utf8))) ? .admitted : .refused
            } catch {
                if !isReported {
                    report("Requests with a token are answered 503, because `web.token` cannot be read: \(error)")
                }
                isReported = true
                return .unreadable
            }
        case .basic(let user, let password):
            guard !users.isEmpty else { return .refused }
            let known = users[user]
            let cost = users.values.compactMap(PasswordHash.cost).max() ?? 10
            let hash = known ?? PasswordHash.decoy(cost: cost)
            guard let matches = await matches(user, password, hash) else { return .busy }
            return matches && known != nil ? .admitted : .refused
        }
    }

    /// - Returns: nil if too many wait already.
    private func matches(_ user: String, _ password: [UInt8], _ hash: String) async -> Bool? {
        let attempt = Attempt(user: user, digest: digest(password + [0] + Array(hash.utf8)))
        if let result = results[attempt] { return result }
        if let task = underWay[attempt] { return await task.value }
        guard underWay.count < Self.longestQueue else { return nil }
        let pool = pool
        let task = Task { (try? await pool.runIfActive { PasswordHash.matches(password, hash) }) ?? false }
        underWay[attempt] = task
        let result = await task.value
        underWay[attempt] = nil
        if results.count >= Self.most { results.removeAll() }
        results[attempt] = result
        return result
    }

    private func digest(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }
}
