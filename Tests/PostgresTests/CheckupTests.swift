import Model
import TestSupport
import Testing

@testable import Postgres

@Suite struct CheckupTests {
    private func severity(_ subject: String, _ change: (inout DatabaseFacts) -> Void) -> DoctorFinding.Grade? {
        var facts = DatabaseFacts()
        facts.schema = "public"
        change(&facts)
        return DatabaseCheckup.findings(facts, place: "db:5432/x").first { $0.subject == subject }?.grade
    }

    @Test func whatIsGoodAndWhatIsNot() {
        #expect(severity("database durability") { _ in } == .good)
        #expect(severity("database durability") { $0.fsync = false } == .fault)
        #expect(severity("database durability") { $0.fullPageWrites = false } == .worthALook)
        #expect(severity("database failover") { _ in } == .worthALook)
        #expect(severity("database failover") { $0.standbys = 2 } == .worthALook)
        #expect(severity("database failover") { $0.synchronousStandbys = "ANY 1 (*)" } == .good)
        #expect(
            severity("database failover") {
                $0.synchronousStandbys = "s1"
                $0.synchronousCommit = "local"
            } == .worthALook)
        #expect(severity("database schema") { $0.mayCreate = false } == .fault)
        #expect(severity("database schema") { $0.schema = nil } == .fault)
        #expect(severity("database schema") { $0.unwritable = "outbox" } == .fault)
        #expect(severity("database encoding") { $0.encoding = "SQL_ASCII" } == .fault)
        #expect(severity("database encoding") { _ in } == nil)
        #expect(severity("database server") { $0.isStandby = true } == .fault)
        #expect(severity("database sessions") { $0.sessions = 97 } == .worthALook)
        #expect(severity("database sessions") { $0.sessions = 50 } == nil)
    }

    @Test func everyErrorThatNeedsSomebodySaysWhatToDo() {
        for kind in PostgresError.Kind.allCases {
            let error = PostgresError(kind, "words")
            #expect(!error.needsOperator || !error.isOutage)
            if error.needsOperator, kind != .address { #expect(DatabaseCheckup.advice(error) != nil) }
            let finding = DatabaseCheckup.finding(error, place: "db")
            #expect((finding.grade == .unreachable) == error.isOutage)
        }
    }

    @Test(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
    func aRealServer() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let address = try PostgresAddress(server.socketURL(name))
        let findings = DatabaseCheckup.findings(address, PostgresOptions())
        #expect(findings.first?.grade == .good)
        #expect(findings.first?.words.contains("answers as \(name), PostgreSQL") == true)
        // The tests' server gives up durability for speed.
        #expect(findings.first { $0.subject == "database durability" }?.grade == .fault)
        #expect(findings.first { $0.subject == "database pooling" }?.grade == .good)
        #expect(findings.first { $0.subject == "database schema" }?.grade == .good)

        try await server.sql(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; ALTER SCHEMA public OWNER TO postgres", database: name)
        let after = DatabaseCheckup.findings(address, PostgresOptions())
        #expect(after.first { $0.subject == "database schema" }?.grade == .fault)

        let gone = try PostgresAddress(server.socketURL("not_there", user: name))
        #expect(DatabaseCheckup.findings(gone, PostgresOptions()).map(\.grade) == [.fault])
    }
}
