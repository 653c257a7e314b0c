/// The ports that are listened on; `https` is nil without a certificate, `smtp` unless it is asked for.
struct Ports: Sendable {
    let http: Int
    let https: Int?
    var smtp: Int?

    /// One JSON line: `{"http": 34567, "https": 34568}`.
    var line: String {
        let mail = smtp.map { ", \"smtp\": \($0)" } ?? ""
        return "{\"http\": \(http), \"https\": \(https.map(String.init) ?? "null")\(mail)}"
    }
}

/// Where the server's certificate and its key are, PEM.
struct ServerIdentity: Sendable {
    let certificateFile: String
    let keyFile: String
}
