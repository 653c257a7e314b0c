import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
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
        #expect(error?.message.contains("is for another name") == true, "\(String(describing: error))")
        #expect(error?.message.contains("ca_file") == false)
    }

    @Test func `refuses a certificate that has expired`() async throws {
        let server = try await server(days: -1)
        let error = await failure(server, ConnectionOptions(caFile: certificates.caFile))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("has expired; renew it") == true)
        #expect(error?.message.contains("ca_file") == false)
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

    @Test func `a ca_file that was replaced is taken up by the next connection`() async throws {
        let folder = try TemporaryFolder()
        let caFile = folder.file("ca.pem")
        let options = ConnectionOptions(caFile: caFile)
        try FileManager.default.copyItem(atPath: certificates.caFile, toPath: caFile)
        let old = try await server()
        let new = try await TLSServer(try await strangers.server(), caFile: strangers.caFile)
        #expect(try await send(old, options).status == 200)
        #expect(await failure(new, options)?.kind == .tls)
        // Together with the server's certificate, as a rotation does it: in place of the file, and into the file.
        for replaces in [true, false] {
            let data = try Data(contentsOf: URL(fileURLWithPath: replaces ? strangers.caFile : certificates.caFile))
            try data.write(to: URL(fileURLWithPath: caFile), options: replaces ? .atomic : [])
            #expect(try await send(replaces ? new : old, options).status == 200)
            #expect(await failure(replaces ? old : new, options)?.kind == .tls)
        }
        // Without it nothing is trusted, and the file is named.
        try FileManager.default.removeItem(atPath: caFile)
        #expect(await failure(new, options)?.message.contains("ca_file \(caFile) does not exist") == true)
    }

    @Test(arguments: ["ca_file", "client_cert", "client_key"])
    func `a named pipe as a file does not hang anything`(key: String) async throws {
        let folder = try TemporaryFolder()
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let server = try await server()
        let identity = try await certificates.client()
        let options = ConnectionOptions(
            caFile: key == "ca_file" ? pipe : certificates.caFile,
            clientCertificate: key == "client_cert" ? pipe : identity.certificateFile,
            clientKey: key == "client_key" ? pipe : identity.keyFile)
        #expect(await failure(server, options)?.message == "\(key) \(pipe) is a named pipe, not a regular file")
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
        #expect(missing?.message == "client_cert /nowhere/client.pem does not exist")
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
