import Model

/// `{"type": "profile"}`: what a profile file says, read again when the file changes.
actor ProfileProvider: CredentialsProvider {
    private let candidates: [String]
    private let name: String?
    private let make: @Sendable (ProfileRecipe, _ origin: String) -> any CredentialsProvider
    private var loaded: (stamp: SmallFile.Stamp, provider: any CredentialsProvider)?

    /// - Parameters:
    ///   - candidates: files, of which the first that exists is read.
    ///   - make: the provider that a recipe asks for.
    init(
        candidates: [String], name: String?,
        make: @escaping @Sendable (ProfileRecipe, _ origin: String) -> any CredentialsProvider
    ) {
        self.candidates = candidates
        self.name = name
        self.make = make
    }

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        guard let (path, stamp) = found else {
            throw PollFailure(
                reason: .credentials, message: "there is no profile file \(candidates.joined(separator: " or "))")
        }
        if let loaded, loaded.stamp == stamp { return try await loaded.provider.credentials(at: now) }
        let (recipe, name) = try ProfileFile(path: path).recipe(name, at: now)
        let provider = make(recipe, "profile \(name) of \(path)")
        // What a login left behind ends without a change of the file.
        if case .cached = recipe {} else { loaded = (stamp, provider) }
        return try await provider.credentials(at: now)
    }

    func invalidate(_ credentials: Credentials) async {
        await loaded?.provider.invalidate(credentials)
    }

    private var found: (path: String, stamp: SmallFile.Stamp)? {
        for path in candidates {
            if let stamp = SmallFile.Stamp(path) { return (path, stamp) }
        }
        return nil
    }
}

/// Credentials that are what they are.
struct FixedProvider: CredentialsProvider {
    let fixed: Credentials

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials { fixed }
}
