import Config
import NIOSSL

/// The certificate and key of the page.
struct TLSIdentity: Sendable {
    let context: NIOSSLContext

    /// - Throws: `IdentityError` if they cannot be read or do not belong together.
    init(_ settings: WebTLS, secrets: SecretReading) throws(IdentityError) {
        let certificate: String
        let key: String
        do {
            certificate = try secrets.read(settings.certificate)
        } catch {
            throw IdentityError("web.tls.cert: \(error.message)")
        }
        do {
            key = try secrets.read(settings.key)
        } catch {
            throw IdentityError("web.tls.key: \(error.message)")
        }
        let chain: [NIOSSLCertificateSource]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) }
        } catch {
            throw IdentityError("web.tls.cert: is not a PEM certificate that can be used")
        }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        } catch {
            throw IdentityError("web.tls.key: is not a PEM private key that can be used")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw IdentityError("web.tls: the certificate and the key do not belong together")
        }
    }
}

/// Why the page's certificate cannot be used.
struct IdentityError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
