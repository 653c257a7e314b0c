import Model

/// The address under which a reader knows this server: for links that leave it.
struct PublicAddress: Hashable, Sendable {
    /// Scheme, host and base path, with a slash at its end.
    let base: String

    init(_ request: WebRequest, _ settings: LiveSettings.Snapshot) {
        if let external = settings.externalURL {
            base = external
        } else {
            let scheme = settings.identity == nil ? "http" : "https"
            base = "\(scheme)://\(request.values("host").first ?? "localhost")\(settings.rules.basePath)"
        }
    }
}
