import Files
import Model

/// `{"type": "profile"}`: what a profile file says, read again when the file changes.
actor ProfileProvider: CredentialsProvider {
    private let candidates: [String]
    private let name: String?
    private let make: @Sendable (ProfileRecipe, _ origin: String) -> any CredentialsProvider
    private var loaded: (stamp: FileStamp, provider: any CredentialsProvider)?

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
        guard let (path, stamp) = try await find() else {
            throw PollFailure(
                reason: .credentials,
                message:
                    "there is no profile file \(candidates.joined(separator: " or ")); create one with `aliyun configure`, or set other `credentials`"
            )
        }
        if let loaded, loaded.stamp == stamp { return try await loaded.provider.credentials(at: now) }
        let text: String
        do {
            text = try await CredentialFile.text(path)
        } catch {
            throw PollFailure(
                reason: .credentials, message: "\(ShownPath.words(path, as: "the profile file")) \(error.message)")
        }
        let (recipe, name) = try ProfileFile(text, path: path).recipe(name, at: now)
        let provider = make(recipe, ProfilePlace.origin(name, of: path))
        // What a login left behind ends without a change of the file.
        if case .cached = recipe {} else { loaded = (stamp, provider) }
        return try await provider.credentials(at: now)
    }

    func invalidate(_ credentials: Credentials) async {
        await loaded?.provider.invalidate(credentials)
    }

    private func find() async throws(PollFailure) -> (path: String, stamp: FileStamp)? {
        for path in candidates {
            do {
                if let stamp = try await FileReader.shared.stamp(path) { return (path, stamp) }
            } catch {
                throw PollFailure(reason: .credentials, message: "the profile file \(path) \(error.message)")
            }
        }
        return nil
    }
}

/// Credentials that are what they are.
struct FixedProvider: CredentialsProvider {
    let fixed: Credentials

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials { fixed }
}
