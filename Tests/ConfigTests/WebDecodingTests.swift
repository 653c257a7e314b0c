import Config
import Model
import Testing

/// `web`: what a config says of the status page.
struct WebDecodingTests {
    private static let hash = "$2b$12$D2dQ6Q3w4eZ8s0mP5uTg0eQ3mJ6oN1yK7rV2xC4bA9hL8fG5iS0tW"

    @Test func `without the key it listens on loopback alone`() throws {
        let web = try load("{}").settings.web
        #expect(web.listen.map(\.text) == ["127.0.0.1:9478"])
        #expect(web.tls == nil && web.token == nil)
        #expect(web.hosts.isEmpty && web.basePath.isEmpty && web.externalURL == nil)
        #expect(web.taskMetrics == .running)
    }

    @Test func `every key`() throws {
        let web = try load(
            """
            {"web": {"listen": ["[::1]:80", "Status.example.com:8443"],
              "users": {"alice@example.com": "\(Self.hash)"}, "token": {"env": "T"},
              "hosts": ["Status.Example.com", "other.example.com."], "base_path": "/polar/ai/",
              "external_url": "https://proxy.example.com:8443/p/", "task_metrics": "off"}}
            """, variables: ["T": "0123456789abcdef"]
        ).settings.web
        #expect(
            web.listen == [
                ListenAddress(host: "::1", port: 80), ListenAddress(host: "status.example.com", port: 8443),
            ])
        #expect(web.listen.map(\.text) == ["[::1]:80", "status.example.com:8443"])
        #expect(web.listen.map(\.isLoopback) == [true, false])
        #expect(web.users == ["alice@example.com": Self.hash])
        #expect(web.token == Secret(.environment("T")))
        #expect(web.hosts == ["status.example.com", "other.example.com", "proxy.example.com"])
        #expect(web.basePath == "/polar/ai")
        #expect(web.externalURL?.origin == "https://proxy.example.com:8443" && web.externalURL?.path == "/p")
        #expect(web.taskMetrics == .off)
    }

    @Test(arguments: ["2a", "2b", "2y"], [4, 10, 31])
    func `bcrypt hashes that are taken`(version: String, cost: Int) throws {
        let number = cost < 10 ? "0\(cost)" : "\(cost)"
        let hash = "$\(version)$\(number)$" + String(repeating: "./Az09", count: 8) + "abcde"
        #expect(try load(#"{"web": {"users": {"a": "\#(hash)"}}}"#).settings.web.users == ["a": hash])
    }

    @Test(arguments: [
        ("127.0.0.2:1", true), ("localhost:9478", true), ("[0:0:0:0:0:0:0:1]:9478", true), ("0.0.0.0:9478", false),
        ("[::]:9478", false), ("10.0.0.1:9478", false), ("127.0.0.1.example.com:9478", false),
    ])
    func `what listens beyond loopback is a warning`(address: String, isLoopback: Bool) throws {
        let loaded = try load(
            #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "web": {"listen": "\#(address)"}}"#)
        #expect(loaded.findings.map(\.place) == (isLoopback ? [] : ["web.listen", "web.listen"]))
        #expect(loaded.findings.allSatisfy { $0.severity == .warning })
    }

    /// The status page may read no secret of the daemon, and the daemon none of the status page.
    @Test func `each program reads its own secrets alone`() throws {
        let text = """
            {"api": {"region": "cn-beijing", "ca_file": "/nonexistent/ca.pem"}, "clusters": ["pm-1"],
             "targets": {"chat": {"url": {"file": "/nonexistent/url"}}},
             "heartbeats": [{"url": {"credential": "hc"}}], "web": {"token": {"env": "T"}}}
            """
        let web = try load(text, variables: ["T": "0123456789abcdef"], permissions: 0o644, purpose: .web)
        #expect(web.findings.isEmpty)
        #expect(web.settings.web.token == Secret(.environment("T")))
        #expect(throws: ConfigError.self) { try load(text, purpose: .web) }

        let other = """
            {"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "web": {"token": {"credential": "t"},
             "tls": {"cert": "/nonexistent/cert.pem", "key": {"file": "/nonexistent/key.pem"}}}}
            """
        #expect(try load(other, purpose: .service).findings.isEmpty)
        #expect(throws: ConfigError.self) { try load(other, purpose: .inspection) }
    }
}
