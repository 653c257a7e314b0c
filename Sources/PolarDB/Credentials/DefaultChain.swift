import Model

/// `{"type": "default"}`: the first place that has credentials, in the order of the official SDKs ("Manage access
/// credentials"): environment, OIDC, CLI profile, credentials file, ECS role, credentials URI.
///
/// The place that answered first stays the one: credentials that change their owner while a daemon runs are a riddle to
/// whoever looks for the reason.
actor DefaultChain: CredentialsProvider {
    struct Link: Sendable {
        let name: String
        /// Nil if nothing asks for it; then what would.
        let provider: (any CredentialsProvider)?
        let hint: String
        /// Off ECS there is no metadata service, and finding that out takes a second.
        let isProbe: Bool

        init(_ name: String, _ provider: (any CredentialsProvider)?, hint: String, isProbe: Bool = false) {
            self.name = name
            self.provider = provider
            self.hint = hint
            self.isProbe = isProbe
        }
    }

    private let links: [Link]
    private var chosen: (any CredentialsProvider)?
    private var probeFailure: (failure: PollFailure, until: Timestamp)?

    /// For how long a metadata service that did not answer is left alone.
    private static let probePause = Duration.seconds(60)

    init(_ links: [Link]) {
        self.links = links
    }

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        if let chosen { return try await chosen.credentials(at: now) }
        var tried: [String] = []
        for link in links {
            guard let provider = link.provider else {
                tried.append("\(link.name): \(link.hint)")
                continue
            }
            do {
                let credentials = try await ask(provider, isProbe: link.isProbe, at: now)
                if chosen == nil { chosen = provider }
                return credentials
            } catch {
                // A place that is asked for and cannot be reached at the moment is not passed over: the next one would
                // be another identity, and stay.
                if !link.isProbe, error.isPassing { throw error }
                tried.append("\(link.name): \(error.message)")
            }
        }
        throw PollFailure(
            reason: .credentials,
            message: "no credentials found; set `credentials` in the config; tried: \(tried.joined(separator: "; "))")
    }

    func invalidate(_ credentials: Credentials) async {
        await chosen?.invalidate(credentials)
    }

    private func ask(
        _ provider: any CredentialsProvider, isProbe: Bool, at now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        if isProbe, let (failure, until) = probeFailure, now < until, until.since(now) <= Self.probePause {
            throw failure
        }
        do {
            return try await provider.credentials(at: now)
        } catch {
            if isProbe { probeFailure = (error, now.advanced(by: Self.probePause)) }
            throw error
        }
    }
}

extension PollFailure {
    /// The place could not be asked, or its answer not be read: it has not said that it has no credentials.
    fileprivate var isPassing: Bool {
        switch reason {
        case .network, .timeout, .server, .throttled, .tls, .clock, .malformed: true
        default: false
        }
    }
}
