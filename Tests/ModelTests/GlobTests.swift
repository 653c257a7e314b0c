import Model
import Testing

struct GlobTests {
    @Test(arguments: [
        ("nightly", "nightly", true), ("nightly", "nightly2", false), ("night*", "nightly", true), ("*", "", true),
        ("*ly", "nightly", true), ("n*t*y", "nightly", true), ("n?ghtly", "nightly", true), ("?", "", false),
        ("pm-[ab]*", "pm-b7", true), ("pm-[ab]*", "pm-c7", false), ("pm-[a-f0-9]", "pm-e", true),
        ("pm-[^ab]", "pm-c", true), ("pm-[!ab]", "pm-a", false), ("[]x]", "]", true), ("[z-a]", "m", false),
        ("a[b", "a[b", true), ("a[b", "ab", false), ("训练?", "训练一", true), ("[一-龥]", "练", true), ("a**b", "axxb", true),
        ("[a-]", "-", true),
    ])
    func `a pattern matches`(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test func `a hostile pattern ends`() {
        #expect(!Glob(String(repeating: "*a", count: 60)).matches(String(repeating: "a", count: 50) + "b"))
    }

    @Test func `plain texts are no patterns`() {
        #expect(!Glob.isPattern("pm-2ze9"))
        #expect(["a*", "a?", "[a]"].allSatisfy(Glob.isPattern))
    }
}
