import Foundation
import Model
import Postgres
import TestSupport
import Testing

@testable import Store

/// A database of PostgreSQL that was restored from a dump.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct RestoredDumpTests {
    /// What the manual says to run.
    private func statement() throws -> String {
        let manual = try String(
            contentsOfFile: "\(ProgramPath.package)/docs/man/polarai-daemon.8", encoding: .utf8)
        let start = try #require(manual.range(of: "WITH new AS ("))
        let rest = manual[start.lowerBound...]
        let end = try #require(rest.range(of: "FROM new);"))
        return String(rest[..<end.upperBound])
    }

    @Test
    func `the statement of the manual gives it a new code, and old events keep their ids`() async throws {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        let source = try PostgresSource { address }
        let store = try EventStore(postgres: source, at: StoreFixture.start, newInstallation: "original")
        try store.record(StoreFixture.event(), StoreFixture.event())
        try store.close()
        // Once more changes nothing but the code.
        for _ in 0..<2 { try source.connect().runScript(statement()) }
        let again = try EventStore(postgres: source)
        #expect(again.installation != "original")
        #expect(try again.record(StoreFixture.event()).map(\.id) == ["\(again.installation)-3"])
        #expect(again.numbering.id(2).description == "original-2")
        try again.close()
    }
}
