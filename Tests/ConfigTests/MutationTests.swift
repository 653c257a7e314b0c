import Alerts
import Config
import Foundation
import Model
import TestSupport
import Testing

/// Broken copies of a full config: the loader says something, and never crashes or hangs.
struct MutationTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a mutated config is taken or refused in words`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let original = try Fixture.example("full.json")
        let loader = ConfigLoader(environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)
        var refused = 0
        for round in 0..<150 {
            let bytes = mutate(original, &random)
            do {
                _ = try loader.load(bytes, path: "config.json", permissions: nil)
            } catch {
                refused += 1
                #expect(!error.mistakes.isEmpty, "seed \(seed), round \(round)")
                #expect(error.mistakes.allSatisfy { !$0.message.isEmpty })
            }
        }
        #expect(refused > 50)
    }

    /// Every value in turn replaced by null and by a value of some other kind.
    @Test func `any value of a wrong kind is a mistake in words`() throws {
        let original = try JSONValue(parsing: Fixture.example("full.json"))
        let loader = ConfigLoader(environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)
        let others: [JSONValue] = [
            .null, .bool(true), .integer(-1), .number(1.5), .string(""), .array([]), .object([:]),
        ]
        for (number, path) in places(in: original).enumerated() {
            let other = others[number % others.count]
            for value in [JSONValue.null, other] {
                let text = replacing(original, path[...], by: value).text()
                do {
                    _ = try loader.load(Array(text.utf8), path: "config.json", permissions: nil)
                    #expect(!value.isNull, "null at \(path) is taken")
                } catch {
                    #expect(!error.mistakes.isEmpty)
                }
            }
        }
    }

    private enum Step { case key(String), index(Int) }

    private func places(in value: JSONValue) -> [[Step]] {
        switch value {
        case .object(let members):
            members.keys.sorted().flatMap { key in
                [[.key(key)]] + places(in: members[key] ?? .null).map { [.key(key)] + $0 }
            }
        case .array(let items):
            items.indices.flatMap { index in [[.index(index)]] + places(in: items[index]).map { [.index(index)] + $0 } }
        default: []
        }
    }

    private func replacing(_ value: JSONValue, _ path: ArraySlice<Step>, by other: JSONValue) -> JSONValue {
        guard let step = path.first else { return other }
        switch (step, value) {
        case (.key(let key), .object(var members)):
            members[key] = replacing(members[key] ?? .null, path.dropFirst(), by: other)
            return .object(members)
        case (.index(let index), .array(var items)):
            items[index] = replacing(items[index], path.dropFirst(), by: other)
            return .array(items)
        default: return value
        }
    }
}

/// Replaces, removes, doubles or cuts a few bytes.
func mutate(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    let interesting = Array("{}[]\",:\\0e-\n/ \u{7F}é".utf8) + [0x00, 0x80, 0xC0, 0xFF]
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let position = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[position] = interesting.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: position)
        case 2: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: position)
        case 3: bytes[position] = bytes.randomElement(using: &random) ?? 0
        case 4:
            let end = min(bytes.count, position + Int.random(in: 1...40, using: &random))
            bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: bytes.indices, using: &random))
        default:
            if Int.random(in: 0..<10, using: &random) == 0 { bytes.removeSubrange(position...) }
        }
    }
    return bytes
}
