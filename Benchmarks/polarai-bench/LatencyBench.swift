import ArgumentParser
import DetectionTrial
import Foundation

/// How soon the end of a training is known where the quota is scarce, in virtual time.
struct LatencyBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "Print how soon the ends of many trainings are known, each way of choosing calls against round robin."
    )

    @Option var tasks = 1000
    @Option var callsPerSecond = 2.0
    @Option(help: "So many trials, each with another world.") var trials = 5

    func run() throws {
        var sums: [DetectionTrial.Way: DetectionFigures] = [:]
        for way in DetectionTrial.Way.allCases {
            for seed in 1...max(1, trials) {
                var trial = DetectionTrial()
                trial.tasks = tasks
                trial.callsPerSecond = callsPerSecond
                trial.seed = UInt64(seed)
                let figures = trial.run(way)
                sums[way] = sums[way].map { $0 + figures } ?? figures
            }
        }
        guard let base = sums[.roundRobin] else { return }
        print(
            "latency \(tasks) tasks, \(callsPerSecond) calls/s, \(base.all.count) ends, virtual time; s, ratio to round robin"
        )
        for way in DetectionTrial.Way.allCases {
            guard let figures = sums[way] else { continue }
            let rows = [
                ("completed", figures.completions, base.completions),
                ("failed unforeseen", figures.failures, base.failures),
                ("all", figures.all, base.all),
            ]
            for (name, values, baseValues) in rows {
                let mean = DetectionFigures.mean(values)
                let p99 = DetectionFigures.p99(values)
                print(
                    String(
                        format: "latency %-20@ %-18@ mean %7.1f %6.3f   p99 %7.1f %6.3f", way.rawValue as NSString,
                        name as NSString, mean, mean / DetectionFigures.mean(baseValues), p99,
                        p99 / DetectionFigures.p99(baseValues)))
            }
            let hours = Double(max(1, trials))
            print(
                String(
                    format: "latency %-20@ calls an hour %.0f: polls %.0f, list pages %.0f, progress %.0f",
                    way.rawValue as NSString, Double(figures.calls) / hours, Double(figures.polls) / hours,
                    Double(figures.pages) / hours, Double(figures.readings) / hours))
        }
    }
}
