import Testing

@testable import Postgres

@Suite struct AddressTests {
    private func address(_ url: String) throws -> PostgresAddress { try PostgresAddress(url) }

    private func refusal(_ url: String) -> PostgresError? {
        do {
            _ = try PostgresAddress(url)
            return nil
        } catch {
            return error
        }
    }

    @Test func partsOfAnAddress() throws {
        let address = try address(
            "postgresql://watch%40er:p%2Fw@db1.example.com:5433,db2.example.com/train%20ing?sslrootcert=/etc/ca.pem")
        #expect(address.user == "watch@er")
        #expect(address.database == "train ing")
        #expect(address.hosts.map(\.description) == ["db1.example.com:5433", "db2.example.com:5432"])
        #expect(address.sslMode == .verifyFull)
        #expect(address.parameters["sslrootcert"] == "/etc/ca.pem")
        #expect(address.parameters["password"] == "p/w")
        #expect(address.warnings.isEmpty)
        #expect(address.place == "db1.example.com:5433,db2.example.com:5432/train ing")
    }

    @Test(arguments: [
        ("postgres://u@localhost/d", PostgresAddress.SSLMode.prefer), ("postgresql://u@127.8.0.1/d", .prefer),
        ("postgresql://u@[::1]:6000/d", .prefer), ("postgresql:///d?host=/run/pg", .prefer),
        ("postgresql:///d", .prefer),
        ("postgresql://u@localhost.example.com/d", .verifyFull), ("postgresql://u@localhost,10.0.0.1/d", .verifyFull),
        ("postgresql://u@localhost/d?hostaddr=10.0.0.7", .verifyFull),
        ("postgresql://u@db.example.com/d?hostaddr=127.0.0.1", .prefer),
        ("postgresql://u@localhost/d?sslmode=verify-ca", .verifyCA),
    ])
    func tlsIsVerifiedUnlessItStaysOnTheHost(_ url: String, mode: PostgresAddress.SSLMode) throws {
        #expect(try address(url).sslMode == mode)
    }

    @Test(arguments: ["disable", "allow", "prefer", "require", "verify-ca"])
    func weakerTLSIsAWarning(_ mode: String) throws {
        let warnings = try address("postgresql://u@db.example.com/d?sslmode=\(mode)").warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("sslmode=\(mode)") == true)
        #expect(try address("postgresql://u@localhost/d?sslmode=\(mode)").warnings.isEmpty)
    }

    @Test(arguments: [
        "", "db.example.com", "mysql://u@h/d", "host=db user=u", "postgresql://u@h:notaport/d", "postgresql://u@h:0/d",
        "postgresql://u@h:65536/d", "postgresql:///d?host=h1,h2,h3&port=1,2", "postgresql://u@h/d?sslmode=verify",
        "postgresql://u@h/d?sslmod=require", "postgresql://u@h/d?service=prod", "postgresql://u@h/d?replication=true",
        "postgresql://u@h/d?target_session_attrs=standby", "postgresql://u@h/d?connect_timeout=soon",
        "postgresql://u@h/d?keepalives_idle=-4", "postgresql://u@h /d", "postgresql://u@h/d\n", "postgresql://u%00@h/d",
        "postgresql://u@h%0a/d", "postgresql://u@hö.example/d", "postgresql://u:tajemstvi@h/d?hostaddr=1.1.1.1,2.2.2.2",
        "postgresql://u@h;rm/d", "postgresql://[::1/d",
    ])
    func refusedWithoutBeingQuoted(_ url: String) throws {
        let error = try #require(refusal(url))
        #expect(error.kind == .address)
        for part in ["tajemstvi", "notaport", "h1", "standby", "soon", "prod"] where url.contains(part) {
            #expect(!error.message.contains(part))
        }
    }

    @Test func longAndWideAddressesAreRefused() {
        #expect(refusal("postgresql://u@h/" + String(repeating: "d", count: 9000))?.kind == .address)
        let many = (0..<17).map { "h\($0)" }.joined(separator: ",")
        #expect(refusal("postgresql://u@\(many)/d")?.kind == .address)
    }

    @Test func whatTheProgramsSetIsNotTakenFromTheAddress() throws {
        let address = try address(
            "postgresql://u@localhost/d?application_name=x&client_encoding=LATIN1&connect_timeout=1")
        #expect(address.warnings.count == 2)
        #expect(address.parameters.isEmpty)
        #expect(address.hostLimit == .seconds(2))
    }
}
