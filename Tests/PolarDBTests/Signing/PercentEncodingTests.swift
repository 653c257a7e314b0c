import Model
import PolarDB
import Testing

struct PercentEncodingTests {
    @Test(arguments: [
        ("aZ09-_.~", "aZ09-_.~"), (" ", "%20"), ("*", "%2A"), ("+", "%2B"), ("/", "%2F"), (":", "%3A"), ("'", "%27"),
        ("(!", "%28%21"), ("\n", "%0A"), ("测", "%E6%B5%8B"), ("", ""), ("a=b&c", "a%3Db%26c"),
    ])
    func `encodes as the gateway does`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff"])
    func `does not decode what is broken`(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func `sorts names by their bytes`() {
        let query = [QueryParameter("b", "2"), QueryParameter("Tag.1.Key", "k"), QueryParameter("a", "1 ")]
            .canonicalQuery
        #expect(query == "Tag.1.Key=k&a=1%20&b=2")
    }
}
