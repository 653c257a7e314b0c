import Alerts
import Foundation
import Model
import Testing

@testable import Config

/// Nothing that is said of a config with mistakes contains a secret: every key that holds one, with every mistake.
struct DisclosureTests {
    /// Not a word of any key, value or message; in the form of an access key's secret.
    private static let secret = "SeCrEt7Zk3vQ9xW2"

    /// Configs with the secret's value left open.
    private static let places: [(name: String, text: @Sendable (String) -> String)] = [
        (
            "access_key_id",
            { #"{"api": {"credentials": {"type": "access_key", "access_key_id": \#($0), "access_key_secret": "x"}}}"# }
        ),
        (
            "access_key_secret",
            { #"{"api": {"credentials": {"type": "access_key", "access_key_id": "x", "access_key_secret": \#($0)}}}"# }
        ),
        ("security_token", { #"{"api": {"credentials": {"type": "access_key", "security_token": \#($0)}}}"# }),
        (
            "external_id",
            {
                #"{"api": {"credentials": {"type": "ram_role_arn", "role_arn": "acs:ram::1:role/x", "external_id": \#($0)}}}"#
            }
        ),
        (
            "policy",
            { #"{"accounts": {"b": {"credentials": {"type": "ram_role_arn", "role_arn": "a", "policy": \#($0)}}}}"# }
        ),
        ("credentials url", { #"{"api": {"credentials": {"type": "uri", "url": \#($0)}}}"# }),
        (
            "source",
            {
                #"{"api": {"credentials": {"type": "ram_role_arn", "role_arn": "a", "source": {"type": "access_key", "access_key_secret": \#($0)}}}}"#
            }
        ),
        ("credentials type", { #"{"api": {"credentials": {"type": \#($0)}}}"# }),
        ("credentials", { #"{"api": {"credentials": \#($0)}}"# }),
        ("proxy", { #"{"api": {"proxy": \#($0)}}"# }),
        ("endpoint", { #"{"api": {"endpoint": \#($0)}}"# }),
        ("target url", { #"{"targets": {"t": {"url": \#($0)}}}"# }),
        ("target urls", { #"{"targets": {"t": {"type": "alertmanager", "urls": [\#($0)]}}}"# }),
        ("target type", { #"{"targets": {"t": {"url": "https://x/", "type": \#($0)}}}"# }),
        ("secret", { #"{"targets": {"t": {"url": "https://x/", "secret": \#($0)}}}"# }),
        ("secrets", { #"{"targets": {"t": {"url": "https://x/", "secret": [\#($0)]}}}"# }),
        (
            "robot's secret",
            { #"{"targets": {"t": {"url": "https://oapi.dingtalk.com/robot/send?access_token=x", "secret": \#($0)}}}"# }
        ),
        ("header", { #"{"targets": {"t": {"url": "https://x/", "headers": {"Authorization": \#($0)}}}}"# }),
        ("headers", { #"{"targets": {"t": {"url": "https://x/", "headers": \#($0)}}}"# }),
        ("template", { #"{"targets": {"t": {"url": "https://x/", "template": \#($0)}}}"# }),
        ("token", { #"{"targets": {"t": {"type": "telegram", "chat_id": 1, "token": \#($0)}}}"# }),
        ("chat_id", { #"{"targets": {"t": {"type": "telegram", "token": "x", "chat_id": \#($0)}}}"# }),
        ("topic", { #"{"targets": {"t": {"type": "ntfy", "url": "https://ntfy.sh", "topic": \#($0)}}}"# }),
        ("routing_key", { #"{"targets": {"t": {"type": "pagerduty", "routing_key": \#($0)}}}"# }),
        ("rate", { #"{"targets": {"t": {"url": "https://x/", "rate": \#($0)}}}"# }),
        ("timeout", { #"{"targets": {"t": {"url": "https://x/", "timeout": \#($0)}}}"# }),
        ("language", { #"{"targets": {"t": {"url": "https://x/", "language": \#($0)}}}"# }),
        ("timezone", { #"{"targets": {"t": {"url": "https://x/", "timezone": \#($0)}}}"# }),
        ("ca_file", { #"{"targets": {"t": {"url": "https://x/", "ca_file": \#($0)}}}"# }),
        ("client_key", { #"{"targets": {"t": {"url": "https://x/", "client_key": \#($0)}}}"# }),
        ("target", { #"{"targets": {"t": \#($0)}}"# }),
        ("storage url", { #"{"storage": {"url": \#($0)}}"# }),
        ("storage", { #"{"storage": {"ulr": \#($0)}}"# }),
        ("below a key that means nothing", { #"{"passwords": {"web": \#($0)}}"# }),
        ("web key", { #"{"web": {"tls": {"cert": "/none.pem", "key": \#($0)}}}"# }),
        ("web token", { #"{"web": {"token": \#($0)}}"# }),
        ("web users", { #"{"web": {"users": {"anna": \#($0)}}}"# }),
        ("heartbeat", { #"{"heartbeats": [{"url": \#($0)}]}"# }),
        ("hook", { #"{"hooks": {"page": {"command": ["/bin/true"], "environment": {"KEY": \#($0)}}}}"# }),
        (
            "mail password",
            {
                #"{"targets": {"m": {"type": "email", "url": "smtp://m.example.com", "from": "a@b", "to": ["a@b"], "password": \#($0)}}}"#
            }
        ),
        ("mention", { #"{"targets": {"t": {"type": "dingtalk", "url": "https://x/", "mention": \#($0)}}}"# }),
    ]

    /// How the secret comes to stand there.
    private static let mistakes: [(name: String, value: String)] = {
        let hidden = secret
        return [
            ("no quotes", hidden), ("no quotes, digit first", "7" + hidden), ("minus first", "-" + hidden),
            ("single quotes", "'\(hidden)'"), ("back quotes", "`\(hidden)`"), ("opening quote only", "\"\(hidden)"),
            ("closing quote only", "\(hidden)\""), ("typographic quotes", "“\(hidden)”"),
            ("in brackets", "[\"\(hidden)\"]"),
            ("bare in brackets", "[\(hidden)]"), ("as an object's key", "{\"\(hidden)\": \"x\"}"),
            ("as a bare key", "{\(hidden): 1}"), ("as a key without a value", "{\"\(hidden)\"}"),
            ("as a key twice", "{\"\(hidden)\": 1, \"\(hidden)\": 2}"), ("as env", "{\"env\": \"\(hidden)\"}"),
            ("as file", "{\"file\": \"\(hidden)\"}"), ("as an absolute file", "{\"file\": \"/\(hidden)\"}"),
            ("as credential", "{\"credential\": \"\(hidden)\"}"), ("as another key", "{\"vault\": \"\(hidden)\"}"),
            ("two sources", "{\"env\": \"\(hidden)\", \"file\": \"\(hidden)\"}"), ("broken escape", "\"\(hidden)\\p\""),
            ("half a pair", "\"\(hidden)\\ud800\""), ("a line break", "\"\(hidden)\n\""), ("a tab", "\"\t\(hidden)\""),
            ("a control character", "\"\(hidden)\\u0007\""), ("no comma after", "\"\(hidden)\" \"\(hidden)\": 1"),
            ("a comment", "\"x\" // \(hidden)"), ("a hash comment", "\"x\" # \(hidden)"),
            ("a variable", "${\(hidden)}"),
            ("a quoted variable", "\"${\(hidden)}\""), ("a template", "{{ \(hidden) }}"),
            ("a scheme", "\"\(hidden)://x/\""),
            ("a user in a URL", "\"ftp://\(hidden)@x/\""), ("a fragment", "\"https://x/#\(hidden)\""),
            ("a port", "\"https://x:\(hidden)/\""), ("a space in a URL", "\"https://x/ \(hidden)\""),
            ("plain http", "\"http://\(hidden).example.com\""), ("a placeholder", "\"{{\(hidden)}}\""),
            ("an exponent", "1e999\(hidden)"), ("a huge number", "7777777777777777777777777777777777777"),
            ("a number", "7777777"), ("a fraction", "7777777.5"), ("plain", "\"\(hidden)\""),
            ("a slash", "\"\(hidden)/1m\""),
            ("a count", "\"1/\(hidden)\""),
        ]
    }()

    /// Whether the config is taken or refused, nothing of the secret is in what is said.
    @Test func `no message contains a secret, wherever it stands and whatever is wrong with it`() throws {
        let numbers = ["7777777"]
        var refused = 0
        for place in Self.places {
            for mistake in Self.mistakes {
                let text = place.text(mistake.value)
                for permissions in [UInt32(0o600), 0o644] {
                    let lines: [String]
                    do {
                        lines = try load(text, permissions: permissions, path: "/etc/polarai.json").lines
                    } catch {
                        refused += 1
                        lines = error.findings.map { $0.line(file: error.file) }
                    }
                    let said = lines.joined(separator: "\n")
                    let lower = said.lowercased()
                    // Half of it is as bad as all of it.
                    #expect(
                        !lower.contains(Self.secret.lowercased().prefix(8)), "\(place.name), \(mistake.name): \(said)")
                    #expect(!lower.contains("zk3v"), "\(place.name), \(mistake.name): \(said)")
                    for number in numbers { #expect(!said.contains(number), "\(place.name), \(mistake.name): \(said)") }
                }
            }
        }
        #expect(refused > 1000)
    }

    @Test func `a secret that is cut off anywhere is not repeated`() throws {
        let text = Self.places[1].text("\"\(Self.secret)\"")
        for length in 0..<text.utf8.count {
            let bytes = Array(text.utf8.prefix(length))
            let loader = ConfigLoader(
                environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)
            let error = #expect(throws: ConfigError.self) { try loader.load(bytes, path: "f", permissions: 0o600) }
            #expect(error?.description.contains("eCrE") == false)
        }
    }

    @Test(arguments: ["acces_key_secret", "urll", "secrett", "headrs"])
    func `a key with a slip in it is named`(key: String) throws {
        let path = root.key("targets").key("chat").key(key)
        #expect(path.text == "targets.chat.\(key)")
    }

    @Test(arguments: [
        "SeCrEt", "Secret1", "tokentoken", "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", "sk_live_4eC39Hq", "日本",
    ])
    func `any other key in a target is not`(key: String) {
        #expect(root.key("targets").key("chat").key(key).text == #"targets.chat["…"]"#)
        #expect(root.key("api").key("credentials").key(key).text == #"api.credentials["…"]"#)
    }

    @Test(arguments: [
        ("True", "write true"), ("None", "write null, or leave the key out"), ("yes", "write true"),
        ("undefined", "write null, or leave the key out"), ("off", "write false"), ("NaN", "write a number"),
    ])
    func `words of other languages are named with the right one`(word: String, right: String) {
        let error = #expect(throws: ConfigError.self) { try load("{\"log\": \(word)}") }
        #expect(error?.description == "config.json: line 1, column 9: \(word) is not a JSON value; \(right)")
    }

    /// A name that is not a host, account or target may be an address with a credential in it.
    @Test func `an address is repeated only if nothing of it can be a credential`() {
        for address in [
            "https://u:tulip@h.example/", "u:tulip@h:5432", "https://h.example/?t=tulip", "http://h/tulip",
            "ws://h#tulip",
        ] { #expect(Disclosure.isTellingAddress(address)) }
        for text in ["https://h.example", "127.0.0.1:70000", "me@h.example", "a/b", "ops"] {
            #expect(!Disclosure.isTellingAddress(text))
        }
    }
}
