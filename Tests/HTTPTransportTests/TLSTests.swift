import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private let client = CurlClient(userAgent: "tests/1")
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    private func send(
        _ server: TLSServer, host: String = "127.0.0.1", _ options: ConnectionOptions
    ) async throws -> HTTPResponse {
        var options = options
        options.proxy = .none
        return try await client.send(
            HTTPRequest(method: .get, url: "https://\(host):\(server.port)/?token=t0ken", connection: options))
    }

    private func failure(
        _ server: TLSServer, host: String = "127.0.0.1", _ options: ConnectionOptions
    ) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await send(server, host: host, options) }
    }

    @Test func `trusts the authority of ca_file, and only for the certificate's names`() async throws {
        let server = try TLSServer(certificates)
        let options = ConnectionOptions(caFile: certificates.authority)
        #expect(try await send(server, options).status == 200)
        #expect(try await send(server, host: "localhost", options).status == 200)
    }

    @Test func `refuses a certificate for another name`() async throws {
        let server = try TLSServer(try TestCertificates(names: "DNS:elsewhere.example"))
        // Its own authority is not this suite's, so ask that one.
        let error = await failure(server, ConnectionOptions(caFile: certificates.authority))
        #expect(error?.kind == .tls)

        let wrong = try TestCertificates(names: "DNS:elsewhere.example")
        let named = try TLSServer(wrong)
        let mismatch = await failure(named, ConnectionOptions(caFile: wrong.authority))
        #expect(mismatch?.kind == .tls)
        #expect(mismatch?.message.contains("is not trusted") == true)
    }

    @Test func `refuses an authority it does not know`() async throws {
        let server = try TLSServer(certificates)
        for options in [ConnectionOptions(), ConnectionOptions(caFile: certificates.otherAuthority)] {
            let error = await failure(server, options)
            #expect(error?.kind == .tls)
            #expect(error?.message.contains("ca_file") == true)
            #expect(error?.message.contains("t0ken") == false)
        }
        // A refusal leaves nothing behind that a right one would stumble over, nor the other way round.
        #expect(try await send(server, ConnectionOptions(caFile: certificates.authority)).status == 200)
        #expect(await failure(server, ConnectionOptions())?.kind == .tls)
    }

    @Test func `names a ca_file that cannot be read`() async throws {
        let server = try TLSServer(certificates)
        let error = await failure(server, ConnectionOptions(caFile: "/nowhere/ca.pem"))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("/nowhere/ca.pem") == true)
    }

    @Test func `shows a client certificate where one is wanted`() async throws {
        let server = try TLSServer(certificates, arguments: ["-Verify", "1", "-verify_return_error"])
        let options = ConnectionOptions(
            caFile: certificates.authority, clientCertificate: certificates.clientCertificate,
            clientKey: certificates.clientKey)
        #expect(try await send(server, options).status == 200)
        let refused = await failure(server, ConnectionOptions(caFile: certificates.authority))
        #expect(refused?.kind == .tls || refused?.kind == .reset)
        let missing = await failure(
            server, ConnectionOptions(caFile: certificates.authority, clientCertificate: "/nowhere/client.pem"))
        #expect(missing?.kind == .tls)
        #expect(missing?.message.contains("client certificate") == true)
    }

    @Test func `says that a server does not talk TLS`() async throws {
        let plain = try LoopbackServer { connection in
            connection.respond(400)
        }
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(method: .get, url: "https://127.0.0.1:\(plain.port)/"))
        }
        #expect(error?.kind == .tls)
    }
}
