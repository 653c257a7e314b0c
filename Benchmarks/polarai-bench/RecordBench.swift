import ArgumentParser
import Foundation
import Model
import Store

/// Every watched cluster changes at once, and two targets are to hear of it.
struct RecordBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Print the rows per second that one commit of many changes writes.")

    @Argument(help: "The database to make.")
    var path: String
    @Option var clusters = 10_000

    func run() throws {
        let start = Timestamp(milliseconds: 1_764_000_000_000)
        let store = try EventStore(path: path, at: start)
        let events = (0..<clusters).map { sampleEvent($0, clusters: clusters, at: start) }
        let recording = Recording(
            events: events.map { RoutedEvent(event: $0, targets: ["hook"]) },
            clusters: events.compactMap { event in
                event.cluster.map {
                    var record = ClusterRecord(id: $0, scope: AccountRegion(account: "default", region: "cn-beijing"))
                    record.status = event.to
                    record.facts = event.facts
                    return record
                }
            })
        let clock = ContinuousClock()
        let elapsed = try clock.measure { _ = try store.record(recording, at: start) }
        try store.close()
        print(String(format: "%.0f", Double(clusters * 3) / elapsed.inSeconds))
    }
}
