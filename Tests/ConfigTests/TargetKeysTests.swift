import Model
import Testing

@testable import Config

/// The table of target kinds and the decoder agree: a kind's keys can be read, and no key belongs to no kind.
struct TargetKeysTests {
    @Test func `each key of a kind is one that the decoder reads`() {
        for kind in TargetKind.allCases {
            #expect(Set(kind.ownKeys.map(\.rawValue)) == kind.rules.keys, "\(kind)")
            #expect(Set(kind.requiredKeys.map(\.rawValue)) == kind.rules.requiredKeys, "\(kind)")
            if case .object(let keys) = kind.rules.mention {
                #expect(Set(kind.mentionKeys?.map(\.rawValue) ?? []) == keys, "\(kind)")
            }
        }
    }

    @Test func `each key is common or belongs to a kind`() {
        let used = TargetKind.allCases.reduce(into: TargetKind.commonKeys) { $0.formUnion($1.ownKeys) }
        #expect(used == Set(TargetKey.allCases))
    }
}
