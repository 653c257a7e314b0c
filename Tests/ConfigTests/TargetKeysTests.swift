import Alerts
import Model
import TestSupport
import Testing

@testable import Config

/// The table of target kinds, the decoder, the schema and the manual agree.
struct TargetKeysTests {
    private static let kinds = TargetRegistry.builtIn.table.kinds
    private static let common = Set(TargetKind.commonKeys.map(\.rawValue))

    @Test(arguments: kinds)
    func `each key of a kind is one that the decoder reads`(kind: TargetKind) {
        let own = Set(kind.rules.options.map(\.name))
        #expect(kind.rules.keys.subtracting(own).allSatisfy { TargetKey(rawValue: $0) != nil })
        #expect(own.allSatisfy { TargetKey(rawValue: $0) == nil }, "a key is read in one way")
        if case .object(let keys) = kind.rules.mention {
            #expect(keys.allSatisfy { MentionKey(rawValue: $0) != nil })
        }
    }

    @Test func `each key of the decoder is common or belongs to a kind`() {
        let used = Self.kinds.reduce(into: Self.common) { $0.formUnion($1.rules.keys) }
        #expect(used.isSuperset(of: TargetKey.allCases.map(\.rawValue)))
    }

    @Test(arguments: kinds)
    func `schema and manual say of a kind what its table says`(kind: TargetKind) throws {
        #expect(try TargetDocuments().faults(of: kind, common: Self.common) == [])
    }
}
