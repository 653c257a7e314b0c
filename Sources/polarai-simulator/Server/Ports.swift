/// The ports that are listened on; `https` is nil without a certificate.
struct Ports: Sendable {
    let http: Int
    let https: Int?

    /// One JSON line: `{"http": 34567, "https": 34568}`.
    var line: String { "{\"http\": \(http), \"https\": \(https.map(String.init) ?? "null")}" }
}

/// Where the server's certificate and its key are, PEM.
struct TLSIdentity: Sendable {
    let certificateFile: String
    let keyFile: String
}
