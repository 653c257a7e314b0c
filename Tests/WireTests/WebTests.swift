import TestSupport
import Testing
import Wire

struct WebTests {
    @Test(arguments: [
        ("http://127.0.0.1/", true), ("HTTP://127.9.9.9:80", true), ("https://LOCALHOST/x", true),
        ("http://[::1]:9", true),
        ("http://127.1/", false), ("http://x.localhost/", false), ("http://127.0.0.256/", false),
        ("http://127.evil.com", false),
        ("http://localhost.evil.com", false), ("http://1.127.0.0", false), ("http://[::2]/", false),
        ("http://127.0.0.1.evil.com/", false), ("http://127.0.0.1@evil.com/", false),
    ])
    func `loopback`(url: String, isLoopback: Bool) throws {
        #expect(try #require(WebAddress(url)).isLoopback == isLoopback)
    }

    @Test func `the parts of a URL`() throws {
        let url = try #require(WebAddress("HTTPS://user:p@Host.Example:8443/a/b?x=1&y=#frag"))
        #expect(url.scheme == "https")
        #expect(url.hasUser)
        #expect(url.host == "host.example")
        #expect(url.port == 8443)
        #expect(url.path == "/a/b")
        #expect(url.query == "x=1&y=")
        #expect(url.hasFragment)
        #expect(url.origin == "https://host.example:8443")
        #expect(url.hasQueryItem("x") && !url.hasQueryItem("y"))
        #expect(try #require(WebAddress("http://[FE80::1]?a/b")).origin == "http://[fe80::1]")
        #expect(WebAddress("https://例子.example/")?.host == "例子.example")
    }

    @Test(arguments: [
        "", "example.com", "://x", "https://", "https:///x", "https://a b/", "https://a\n/", "https://h:0/",
        "https://h:65536/",
        "https://h:+80/", "https://h:8x/", "https://[::1", "https://[zz]/",
        "https://h\u{301}/".replacingBytes(of: "h", with: "<"),
        "1http://x/", "ht tp://x", "https://ex\u{0}ample/", "https://a\u{200B}b/", "https://é\u{202E}/",
        "https://h.example\\@evil.example/x", "https://h.example/a\\b", "https://h..example/", "https://.example/",
        "https://h.example../", "https://" + String(repeating: "x", count: 64) + ".example/",
        "https://" + String(repeating: "abc.", count: 64) + "example/",
    ])
    func `what is not a URL`(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test func `percent-encoding is undone by decoding, for any text`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<100_000 {
            let bytes = Mutation.apply(to: Array("a b+c/d%20é".utf8), &random)
            let text = String(decoding: bytes, as: UTF8.self)
            let encoded = PercentEncoding.encode(text)
            #expect(PercentEncoding.decode(encoded) == text)
            _ = PercentEncoding.decode(text)
            _ = WebAddress("https://" + text)?.origin
            _ = SafeText.terminal(text)
        }
        #expect(PercentEncoding.encode("a b+/=é~") == "a%20b%2B%2F%3D%C3%A9~")
        #expect(PercentEncoding.decode("%zz") == nil)
        #expect(PercentEncoding.decode("%+1") == nil)
        #expect(PercentEncoding.decode("%2") == nil)
        #expect(PercentEncoding.decode("%ff") == nil)
    }

    @Test func `hexadecimal`() {
        #expect(Hex.text([0, 15, 16, 255]) == "000f10ff")
        #expect("09afAFgG".utf8.map { Hex.value($0) } == [0, 9, 10, 15, 10, 15, nil, nil])
    }
}
