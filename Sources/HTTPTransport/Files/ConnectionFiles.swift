/// The certificate files of a connection's options, as they were read.
struct ConnectionFiles: Sendable, Equatable {
    var caFile: LoadedFile?
    var clientCertificate: LoadedFile?
    var clientKey: LoadedFile?

    static func == (left: ConnectionFiles, right: ConnectionFiles) -> Bool {
        left.caFile === right.caFile && left.clientCertificate === right.clientCertificate
            && left.clientKey === right.clientKey
    }
}

extension ConnectionOptions {
    /// Whether files have to be read for it.
    var needsFiles: Bool { caFile != nil || clientCertificate != nil || clientKey != nil }
}
