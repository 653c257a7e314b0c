import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private let client = CurlClient(userAgent: "tests/1")
    private let certificates: Certificates
    /// Signed nothing that is used here.
    private let strangers: Certificates

    init() async throws {
        certificates = try await Certificates()
        strangers = try await Certificates()
    }

    private func server(names: [String] = ["IP:127.0.0.1", "DNS:localhost"], days: Int = 30, _ arguments: String...)
        async throws -> TLSServer
    {
        try await TLSServer(
            try await certificates.server(names: names, days: days), caFile: certificates.caFile, arguments: arguments)
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
        let server = try await server()
        let options = ConnectionOptions(caFile: certificates.caFile)
        #expect(try await send(server, options).status == 200)
        #expect(try await send(server, host: "localhost", options).status == 200)
    }

    @Test func `refuses a certificate for another name`() async throws {
        let server = try await server(names: ["DNS:elsewhere.example"])
        let error = await failure(server, ConnectionOptions(caFile: certificates.caFile))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("is not trusted") == true)
    }

    @Test func `refuses a certificate that has expired`() async throws {
        let server = try await server(days: -1)
        let error = await failure(server, ConnectionOptions(caFile: certificates.caFile))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("expired") == true)
    }

    @Test func `refuses an authority it does not know`() async throws {
        let server = try await server()
        for options in [ConnectionOptions(), ConnectionOptions(caFile: strangers.caFile)] {
            let error = await failure(server, options)
            #expect(error?.kind == .tls)
            #expect(error?.message.contains("ca_file") == true)
            #expect(error?.message.contains("t0ken") == false)
        }
        // A refusal leaves nothing behind that a right one would stumble over, nor the other way round.
        #expect(try await send(server, ConnectionOptions(caFile: certificates.caFile)).status == 200)
        #expect(await failure(server, ConnectionOptions())?.kind == .tls)
    }

    @Test func `names a ca_file that cannot be read`() async throws {
        let server = try await server()
        let error = await failure(server, ConnectionOptions(caFile: "/nowhere/ca.pem"))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("/nowhere/ca.pem") == true)
    }

    @Test func `shows a client certificate where one is wanted`() async throws {
        let client = try await certificates.client()
        let server = try await server("-Verify", "1", "-verify_return_error")
        let options = ConnectionOptions(
            caFile: certificates.caFile, clientCertificate: client.certificateFile, clientKey: client.keyFile)
        #expect(try await send(server, options).status == 200)
        let refused = await failure(server, ConnectionOptions(caFile: certificates.caFile))
        #expect(refused?.kind == .tls || refused?.kind == .reset)
        let missing = await failure(
            server, ConnectionOptions(caFile: certificates.caFile, clientCertificate: "/nowhere/client.pem"))
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
