import ArgumentParser
import Foundation
import Model
import Postgres
import Sharing
import Store

/// One change of one task after the other, each with two alerts in a commit of its own, as a daemon stores them that holds
/// a lease.
struct CommitBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commits", abstract: "Print the commits per second of single events on a PostgreSQL database.")

    @Argument(help: "postgresql:// URL of the database.")
    var url: String
    @Option var seconds = 5
    @Option var clusters = 1_000

    func run() throws {
        let start = Timestamp(milliseconds: 1_764_000_000_000)
        let address = try PostgresAddress(url)
        let source = try PostgresSource(options: PostgresOptions(applicationName: "polarai-bench")) { address }
        let store = try EventStore(postgres: source, at: start)
        let lease = try takeLease(source)
        let clock = ContinuousClock()
        var number = 0
        // The first commits prepare the statements.
        for _ in 0..<50 {
            try commit(number, to: store, under: lease, at: start)
            number += 1
        }
        let (begin, first) = (clock.now, number)
        let end = begin.advanced(by: .seconds(seconds))
        while clock.now < end {
            try commit(number, to: store, under: lease, at: start)
            number += 1
        }
        print(String(format: "%.1f", Double(number - first) / begin.duration(to: clock.now).inSeconds))
        try store.close()
    }

    private static let owner = "bench"

    /// Lasts for longer than the bench.
    private func takeLease(_ source: PostgresSource) throws -> Lease {
        let connection = try source.connect()
        defer { connection.close() }
        let share = Share.scope(AccountRegion(account: "default", region: "cn-beijing"))
        let table = LeaseTable(owner: Self.owner, terms: LeaseTerms(duration: .seconds(3600)))
        try connection.execute("DELETE FROM leases")
        let grants = try table.take([share], SharingView(), connection)
        guard let grant = grants.first else { throw ValidationError("the lease is somebody else's") }
        return Lease(share: share, epoch: grant.epoch, end: MonotonicInstant(nanoseconds: .max))
    }

    private func commit(_ number: Int, to store: EventStore, under lease: Lease, at start: Timestamp) throws {
        let event = sampleEvent(number, clusters: clusters, at: start)
        guard let id = event.cluster else { return }
        var record = ClusterRecord(id: id, scope: AccountRegion(account: "default", region: "cn-beijing"))
        record.status = event.to
        record.facts = event.facts
        let recording = Recording(
            events: [RoutedEvent(event: event, targets: ["hook", "pager"])], clusters: [record])
        _ = try store.writing(under: { Lease.condition(on: [lease], owner: Self.owner) }) {
            try $0.record(recording, at: start.advanced(by: .seconds(Int64(number))))
        }
    }
}
