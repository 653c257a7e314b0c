import Config
import Model
import Testing

struct ManyClustersTests {
    /// An optimised build needs a tenth of a second for it; this one has no optimiser, and shares its processors with other tests.
    @Test(.timeLimit(.minutes(10))) func `10,000 clusters load at once`() throws {
        let items = (0..<10_000).map { number in
            let id = "pm-2ze9examp1e\(number)"
            return #"{"id": "\#(id)", "name": "task \#(number)", "poll": "30s", "labels": {"team": "nlp"}}"#
        }
        let text = #"{"api": {"region": "cn-beijing"}, "clusters": [\#(items.joined(separator: ",\n"))]}"#
        var loaded: LoadedConfig?
        let time = try ContinuousClock().measure { loaded = try load(text) }
        #expect(loaded?.settings.clusters.count == 10_000)
        #expect(time < .seconds(10))
    }

    @Test func `10,000 wrong clusters are 10,000 mistakes`() {
        let items = (0..<10_000).map { #"{"id": "pm-\#($0)", "poll": "30"}"# }
        let text = #"{"api": {"region": "cn-beijing"}, "clusters": [\#(items.joined(separator: ","))]}"#
        let error = #expect(throws: ConfigError.self) { try load(text) }
        #expect(error?.mistakes.count == 10_000)
    }
}
