import Testing

@testable import Alerts

struct MaskingTests {
    @Test func `a signing secret is masked with and without what stands in front of it`() {
        let masking = Masking(secrets: ["whsec_c2lnbmluZyBrZXkgb2YgYSB0ZXN0"])
        #expect(masking.mask("whsec_c2lnbmluZyBrZXkgb2YgYSB0ZXN0 is bad") == "*** is bad")
        #expect(masking.mask("key c2lnbmluZyBrZXkgb2YgYSB0ZXN0 is bad") == "key *** is bad")
        #expect(masking.mask("whsec_ and base64") == "whsec_ and base64")
    }
}
