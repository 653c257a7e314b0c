import ArgumentParser
import Foundation

/// Runs the stand-in until it is stopped.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API and the receivers; print the chosen ports as one JSON line once they listen."
    )

    @Option(help: "The scenario, a JSON file (docs/simulator.md).")
    var scenario: String

    @Option(help: "Port for HTTP on 127.0.0.1; 0 lets the kernel choose.")
    var httpPort = 0

    @Option(help: "Port for HTTPS on 127.0.0.1; 0 lets the kernel choose. Needs a certificate.")
    var httpsPort = 0

    @Option(
        help: "Port for mails (SMTP, without TLS) on 127.0.0.1; 0 lets the kernel choose. Without it there is none.")
    var smtpPort: Int?

    @Option(help: "The server's certificate chain, PEM.")
    var tlsCert: String?

    @Option(help: "The private key of --tls-cert, PEM.")
    var tlsKey: String?

    @Option(help: "Make ca.pem, server.pem and server-key.pem in this folder (kept if they are there) and use them.")
    var makeCerts: String?

    @Option(help: "Append one JSON line per request to this file.")
    var log: String?

    @Option(help: "Write the line with the ports to this file too, once they listen.")
    var readyFile: String?

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together; give both or none.")
        }
        guard tlsCert == nil || makeCerts == nil else {
            throw ValidationError("--make-certs makes the certificate that --tls-cert would name; give one of the two.")
        }
    }

    func run() async throws {
        let scenario = try Scenario.read(file: scenario)
        let log = try log.map(LogFile.init(path:))
        let world = World(scenario: scenario, startedAt: HostClock.now, log: log)
        let server = LocalServer(world: world, httpPort: httpPort, httpsPort: httpsPort, identity: try identity())
        let mail = try smtpPort.map { try MailListener(port: $0, script: scenario.mail, world: world) }
        mail?.start()
        try await server.run { ports in
            var ports = ports
            ports.smtp = mail?.port
            print(ports.line)
            fflush(nil)
            if let readyFile {
                try Data((ports.line + "\n").utf8).write(to: URL(fileURLWithPath: readyFile), options: .atomic)
            }
        }
    }

    private func identity() throws -> ServerIdentity? {
        if let tlsCert, let tlsKey { return ServerIdentity(certificateFile: tlsCert, keyFile: tlsKey) }
        return try makeCerts.map(CertificateMaker.makeIdentity(in:))
    }
}
