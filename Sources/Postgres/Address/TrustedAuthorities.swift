import Glibc

/// The system's bundle of certificate authorities. libpq knows it by the word `system` only from version 16 on.
enum TrustedAuthorities {
    /// Debian, Fedora, openSUSE, Alpine.
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// The first that can be read; the first of all if none can, so that the error names it.
    static var bundle: String { places.first { access($0, R_OK) == 0 } ?? places[0] }
}
