import ArgumentParser
import Model
import Store

/// A database as a long life leaves it.
struct FillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill", abstract: "Write a database with many transitions, and alerts that wait.")

    @Argument(help: "The database to make.")
    var path: String
    @Option var events = 1_000_000
    @Option var clusters = 10_000
    @Option(help: "Alerts that wait for a target named hook.")
    var waiting = 0

    func run() throws {
        let start = Timestamp(milliseconds: 1_764_000_000_000)
        let store = try EventStore(path: path, at: start)
        let batch = 10_000
        for first in stride(from: 0, to: events, by: batch) {
            let routed = (first..<min(first + batch, events)).map { number in
                RoutedEvent(
                    event: sampleEvent(number, clusters: clusters, at: start),
                    targets: number >= events - waiting ? ["hook"] : [])
            }
            _ = try store.record(Recording(events: routed), at: start.advanced(by: .seconds(Int64(first))))
        }
        try store.close()
    }
}

/// Trainings that start and end in turn.
func sampleEvent(_ number: Int, clusters: Int, at start: Timestamp) -> Event {
    let cluster = number % clusters
    let isEnd = number / clusters % 2 == 1
    let time = start.advanced(by: .seconds(Int64(number)))
    return Event(
        kind: isEnd ? (number % 7 == 0 ? .failed : .completed) : .started,
        cluster: ClusterID("pm-2zebench\(100_000 + cluster)"), name: cluster % 2 == 0 ? "nightly-\(cluster)" : nil,
        account: "default", region: "cn-beijing", from: isEnd ? .activation : .completed,
        to: isEnd ? (number % 7 == 0 ? .failed : .completed) : .activation, observedAt: time,
        notBefore: time.advanced(by: .seconds(-30)), apiTime: time.advanced(by: .seconds(-12)),
        requestID: "45D24263-7E3A-4140-9472-\(100_000_000_000 + number)",
        facts: TaskFacts(
            description: "task01", createdAt: start, startedAt: time, baseModel: "Qwen-1.7B", trainMode: "sft",
            trainType: "lora"))
}
