import Foundation
import TestSupport
import Testing

@testable import Postgres

/// TLS, the file of passwords and the environment.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct TrustTests {
    private func failure(_ url: String) -> PostgresError? {
        do {
            _ = try PostgresConnection(PostgresAddress(url), PostgresOptions())
            return nil
        } catch {
            return error
        }
    }

    @Test func theServersCertificateIsVerified() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-81")
        func url(_ host: String, _ further: String) -> String {
            "postgresql://\(name):Kolibri-81@\(host):\(server.port)/\(name)?\(further)"
        }
        let own = server.certificates.caFile
        let other = try await Certificates().caFile

        let connection = try PostgresConnection(
            PostgresAddress(url("localhost", "sslmode=verify-full&sslrootcert=\(own)")), PostgresOptions())
        #expect(connection.tlsVersion?.hasPrefix("TLSv1.") == true)
        #expect(failure(url("127.0.0.1", "sslmode=verify-full&sslrootcert=\(own)")) == nil)
        // On loopback nothing has to be verified.
        #expect(failure(url("127.0.0.1", "")) == nil)
        // Any other host: with the system's authorities, none of which signed this certificate.
        let foreign = "hostaddr=127.0.0.1"
        #expect(failure(url("localhost", "sslmode=verify-full"))?.kind == .certificate)
        #expect(failure(url("localhost", "sslmode=verify-full&sslrootcert=system"))?.kind == .certificate)
        #expect(failure(url("localhost", "sslmode=verify-full&sslrootcert=\(other)"))?.kind == .certificate)
        #expect(failure(url("localhost", "sslmode=verify-full&sslrootcert=/not/there.pem"))?.kind == .certificate)
        let wrongName = failure(url("db.example.com", "sslmode=verify-full&sslrootcert=\(own)&\(foreign)"))
        #expect(wrongName?.kind == .certificate)
        #expect(wrongName?.message.contains("db.example.com") == true)
        #expect(failure(url("db.example.com", "sslmode=verify-ca&sslrootcert=\(own)&\(foreign)")) == nil)
    }

    @Test func aServerWithoutTLSIsRefusedWhereItIsDemanded() async throws {
        let server = try await RealPostgres(settings: ["ssl = off"])
        let name = try await server.makeDatabase(password: "Kolibri-82")
        let url = "postgresql://\(name):Kolibri-82@127.0.0.1:\(server.port)/\(name)"
        let error = failure(url + "?sslmode=verify-full&sslrootcert=\(server.certificates.caFile)")
        #expect(error?.kind == .certificate)
        let plain = try PostgresConnection(PostgresAddress(url), PostgresOptions())
        #expect(plain.tlsVersion == nil)
    }

    @Test func thePasswordComesFromAFile() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-83")
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "passwords", "other:*:*:*:nope\nlocalhost:\(server.port):*:\(name):Kolibri-83\n", permissions: 0o600)
        let url = "postgresql://\(name)@localhost:\(server.port)/\(name)"
        #expect(failure(url + "?passfile=\(file)") == nil)
        #expect(failure(url)?.kind == .authentication)
        setenv("PGPASSFILE", file, 1)
        defer { unsetenv("PGPASSFILE") }
        #expect(failure(url) == nil)
        // The file is looked up by the host's name as it is written.
        #expect(failure("postgresql://\(name)@127.0.0.1:\(server.port)/\(name)")?.kind == .authentication)
    }

    @Test func otherVariablesAreIgnored() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        for (variable, value) in [
            ("PGHOSTADDR", "203.0.113.9"), ("PGDATABASE", "elsewhere"), ("PGUSER", "somebody"),
            ("PGOPTIONS", "-c statement_timeout=1"), ("PGSERVICE", "none"), ("PGSSLROOTCERT", "/not/there"),
            ("PGAPPNAME", "not-ours"), ("PGTARGETSESSIONATTRS", "standby"),
        ] {
            setenv(variable, value, 1)
        }
        let connection = try PostgresConnection(PostgresAddress(server.socketURL(name)), PostgresOptions())
        let row = try connection.query("SELECT current_user, current_database(), current_setting('application_name')")
            .first
        #expect(row?.text(0) == name)
        #expect(row?.text(1) == name)
        #expect(row?.text(2) == "polarai-daemon")
        #expect(ProcessInfo.processInfo.environment["PGHOSTADDR"] == nil)
    }

    @Test func thePasswordStandsInNoMessageAndNoProcessList() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-84")
        let connection = try PostgresConnection(
            PostgresAddress("postgresql://\(name):Kolibri-84@127.0.0.1:\(server.port)/\(name)"), PostgresOptions())
        // The server quotes what it was given.
        let error = #expect(throws: PostgresError.self) {
            try connection.query("SELECT 'password Kolibri-84'::bigint")
        }
        #expect(error?.message.contains("Kolibri") == false)
        #expect(error?.message.contains("***") == true)
        let arguments = try String(contentsOfFile: "/proc/self/cmdline", encoding: .utf8)
        #expect(!arguments.contains("Kolibri"))
    }
}
