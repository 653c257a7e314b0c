import ArgumentParser

/// What `make bench` runs of our own code; Benchmarks/run.sh puts each figure beside what it is measured against.
@main
struct PolarAIBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polarai-bench", abstract: "Measures the parts of polarai-daemon.",
        subcommands: [
            PollBench.self, SignedBench.self, FillCommand.self, RecordBench.self, CommitBench.self, LatencyBench.self,
        ])
}
