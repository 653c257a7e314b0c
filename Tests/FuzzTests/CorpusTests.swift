import Foundation
import TestSupport
import Testing

/// What fuzzers were given to begin with, what they found, and changes of it, through the same functions.
///
/// POLARAI_FUZZ_ROUNDS=1000000 tries more changes, POLARAI_FUZZ_SEED=2 others.
@Suite(.timeLimit(.minutes(60)))
struct CorpusTests {
    private static let folder = "\(ProgramPath.package)/Tests/FuzzTests/Corpus"
    private static let rounds = number("POLARAI_FUZZ_ROUNDS") ?? 1000
    private static let seed = number("POLARAI_FUZZ_SEED") ?? 1

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    private func corpus(_ entry: FuzzEntry) throws -> [(name: String, bytes: [UInt8])] {
        let folder = "\(Self.folder)/\(entry.rawValue)"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
        }
    }

    @Test(arguments: FuzzEntry.allCases)
    func `what is in the corpus breaks no rule`(entry: FuzzEntry) async throws {
        let corpus = try corpus(entry)
        #expect(!corpus.isEmpty)
        for (name, bytes) in corpus {
            do {
                try await entry.feed(bytes)
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
    }

    @Test(arguments: FuzzEntry.allCases)
    func `changes of it break none either`(entry: FuzzEntry) async throws {
        let corpus = try corpus(entry).map(\.bytes).filter { $0.count <= 64 * 1024 }
        var random = SeededGenerator(seed: Self.seed)
        for round in 0..<Self.rounds {
            guard let original = corpus.randomElement(using: &random) else { break }
            let bytes = Mutation.apply(to: original, &random)
            do {
                try await entry.feed(bytes)
            } catch {
                Issue.record("round \(round): \(error): \(Data(bytes).base64EncodedString())")
            }
        }
    }

    @Test func `a rule that does not hold is found`() {
        #expect(throws: BrokenRule.self) { try BrokenRule.unless(false, "never") }
        #expect(throws: Never.self) { try BrokenRule.unless(true, "never") }
    }
}
