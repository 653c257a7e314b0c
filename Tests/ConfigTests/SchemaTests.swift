import Alerts
import Foundation
import Model
import Testing

@testable import Config

/// config/schema.json, the examples and the decoder say the same.
struct SchemaTests {
    private let schema: JSONValue

    init() throws {
        schema = try JSONValue(parsing: Fixture.example("schema.json"))
    }

    // MARK: Keys

    @Test func `every object has the keys that the decoder reads`() {
        #expect(keys(of: schema) == names(RootKey.self))
        #expect(keys(of: definition("account")) == names(AccountKey.self))
        #expect(keys(of: definition("credentials")) == names(CredentialKey.self))
        #expect(keys(of: definition("cluster")) == names(ClusterKey.self))
        #expect(keys(of: definition("instance")) == names(InstanceItemKey.self))
        #expect(keys(of: definition("schedule")) == names(ScheduleKey.self))
        #expect(keys(of: definition("target")) == targetKeys)
        #expect(keys(of: definition("mention")) == names(MentionKey.self))
        #expect(keys(of: definition("route")) == names(RouteKey.self))
        #expect(keys(of: definition("delivery")) == names(DeliveryKey.self))
        #expect(keys(of: definition("storage")) == names(StorageKey.self))
        #expect(keys(of: definition("log")) == names(LogKey.self))
        #expect(keys(of: definition("secretSource")) == names(SecretKey.self))
        #expect(keys(of: definition("hours")) == names(HoursKey.self))
        #expect(keys(of: property("windows", of: "hours")["items"] ?? .null) == names(WindowKey.self))
        #expect(keys(of: definition("escalation")) == names(EscalationKey.self))
        #expect(keys(of: definition("overdue")) == names(OverdueKey.self))
        #expect(keys(of: definition("cost")) == names(CostKey.self))
        #expect(keys(of: definition("summary")) == names(SummaryKey.self))
        #expect(keys(of: definition("heartbeat")) == names(HeartbeatKey.self))
        #expect(keys(of: definition("hook")) == names(HookKey.self))
        #expect(keys(of: definition("web")) == names(WebKey.self))
        #expect(keys(of: property("tls", of: "web")) == names(WebTLSKey.self))
    }

    @Test func `no object takes a key beside its own`() throws {
        let definitions = try #require(schema["$defs"]?.objectValue)
        for (name, definition) in definitions where definition["properties"] != nil {
            #expect(definition["additionalProperties"] == .bool(false), "\(name)")
        }
        #expect(schema["additionalProperties"] == .bool(false))
    }

    @Test(arguments: CredentialType.allCases)
    func `a type of credentials has its keys`(type: CredentialType) throws {
        let rule = try #require(self.rule(for: type.rawValue, in: "credentials"))
        #expect(texts(rule["propertyNames"]?["enum"]) == Set(type.keys.map(\.rawValue)).union(["type"]))
        #expect(texts(rule["required"]) == Set(type.required.map(\.rawValue)))
    }

    // MARK: Words

    @Test func `every enum has the words that the decoder knows`() {
        #expect(texts(definition("event")["enum"]) == words(EventKind.self))
        #expect(texts(definition("language")["enum"]) == words(Language.self))
        #expect(texts(property("network", of: "account")["enum"]) == words(Network.self))
        #expect(texts(property("type", of: "credentials")["enum"]) == words(CredentialType.self))
        #expect(texts(property("type", of: "target")["enum"]) == targetTypes)
        #expect(texts(property("level", of: "log")["enum"]) == words(LogLevel.self))
        #expect(texts(property("type", of: "heartbeat")["enum"]) == words(HeartbeatSettings.Kind.self))
        #expect(texts(property("task_metrics", of: "web")["enum"]) == words(TaskMetrics.self))
        #expect(
            texts(schema["properties"]?["first_seen_events"]?["items"]?["enum"])
                == Set(EventKind.allCases.filter(\.isStatusChange).map(\.rawValue)))
    }

    // MARK: Defaults

    /// Every default that the schema names, written out, gives the settings that leaving it out gives.
    @Test func `the defaults of the schema are those of the decoder`() throws {
        let account = defaults(of: "account")
        #expect(
            Set(account.keys) == ["network", "credentials", "calls_per_second", "burst", "timeout", "connect_timeout"])
        var config: [String: JSONValue] = ["api": .object(account)]
        for part in ["schedule", "delivery", "storage", "log", "cost", "web"] {
            let values = defaults(of: part)
            #expect(!values.isEmpty)
            config[part] = .object(values)
        }
        for (name, value) in schema["properties"]?.objectValue ?? [:] {
            if let value = value["default"], name != "targets" { config[name] = value }
        }
        #expect(config.count == names(RootKey.self).count - 2)
        #expect(try load(JSONValue.object(config).text()).settings == Settings())
    }

    @Test func `the defaults of a heartbeat, a hook, a summary and a route's hours`() throws {
        func written(_ definition: String) -> String {
            String(JSONValue.object(defaults(of: definition)).text().dropFirst().dropLast())
        }
        for (place, bare, definition) in [
            (#""heartbeats": [{"#, #""url": "https://hc.example.com/x""#, "heartbeat"),
            (#""hooks": {"h": {"#, #""command": ["/bin/true"]"#, "hook"),
            (#""summaries": [{"#, #""at": "09:00""#, "summary"),
            (#""routes": [{"hours": {"#, #""windows": [{"from": "09:00", "to": "18:00"}]"#, "hours"),
        ] {
            let end = String(
                place.dropFirst().reversed().compactMap { (["{": "}", "[": "]"] as [Character: Character])[$0] })
            let defaults = written(definition)
            #expect(!defaults.isEmpty, "\(definition)")
            #expect(
                try load("{\(place)\(bare), \(defaults)\(end)}").settings == load("{\(place)\(bare)\(end)}").settings)
        }
    }

    @Test func `the defaults of a target and a cluster`() throws {
        let bare = #""url": "https://am.example.com""#
        let target = JSONValue.object(
            defaults(of: "target").filter { TargetKind.alertmanager.keys.contains($0.key) })
        #expect(target["hold"] != nil && target["timeout"] != nil)
        let written = target.text().dropFirst().dropLast()
        #expect(
            try load(#"{"targets": {"t": {"type": "alertmanager", \#(bare), \#(written)}}}"#).settings
                == load(#"{"targets": {"t": {"type": "alertmanager", \#(bare)}}}"#).settings)
        let cluster = JSONValue.object(defaults(of: "cluster")).text().dropFirst().dropLast()
        #expect(
            try load(#"{"clusters": [{"id": "pm-1", "region": "cn-beijing", \#(cluster)}]}"#).settings
                == load(#"{"clusters": [{"id": "pm-1", "region": "cn-beijing"}]}"#).settings)
    }

    // MARK: Examples

    @Test(arguments: ["config.json", "minimal.json", "full.json"])
    func `an example is taken outside the unit`(name: String) throws {
        let loaded = try load(String(decoding: Fixture.example(name), as: UTF8.self))
        let severities = Set(loaded.findings.map(\.severity))
        switch name {
        case "config.json": #expect(loaded.findings.map(\.place) == ["clusters"])
        case "minimal.json": #expect(loaded.findings.isEmpty)
        default: #expect(severities == [.note])
        }
    }

    /// The full example shows all but what would have to be on the reader's disk for `check-config` to take it.
    @Test func `the full example shows every key`() throws {
        let full = try JSONValue(parsing: Fixture.example("full.json"))
        let onDisk: Set = [
            "ca_file", "client_cert", "client_key", "oidc_token_file", "oidc_provider_arn", "file", "env",
        ]
        let known = [
            names(RootKey.self), names(AccountKey.self), names(CredentialKey.self), names(ClusterKey.self),
            names(InstanceItemKey.self), names(ScheduleKey.self), targetKeys, names(MentionKey.self),
            names(RouteKey.self), names(DeliveryKey.self), names(StorageKey.self), names(LogKey.self),
            names(SecretKey.self), names(HoursKey.self), names(WindowKey.self), names(EscalationKey.self),
            names(OverdueKey.self), names(CostKey.self), names(SummaryKey.self), names(HeartbeatKey.self),
            names(HookKey.self), names(WebKey.self), names(WebTLSKey.self),
        ].reduce(Set<String>()) { $0.union($1) }
        #expect(known.subtracting(allKeys(in: full)) == onDisk)
        let kinds = full["targets"]?.objectValue?.values.compactMap { $0["type"]?.stringValue } ?? []
        #expect(Set(kinds) == targetTypes)
    }

    // MARK: Reading the schema

    private func definition(_ name: String) -> JSONValue {
        schema["$defs"]?[name] ?? .null
    }

    private func property(_ name: String, of definition: String) -> JSONValue {
        self.definition(definition)["properties"]?[name] ?? .null
    }

    private func keys(of object: JSONValue) -> Set<String> {
        Set(object["properties"]?.objectValue?.keys.map { $0 } ?? [])
    }

    private func defaults(of definition: String) -> [String: JSONValue] {
        (self.definition(definition)["properties"]?.objectValue ?? [:]).compactMapValues { $0["default"] }
    }

    /// What follows from a type.
    private func rule(for type: String, in definition: String) -> JSONValue? {
        let rules = self.definition(definition)["allOf"]?.arrayValue ?? []
        return rules.first { $0["if"]?["properties"]?["type"]?["const"]?.stringValue == type }?["then"]
    }

    private func texts(_ value: JSONValue?) -> Set<String> {
        Set(value?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    private func allKeys(in value: JSONValue) -> Set<String> {
        switch value {
        case .object(let members): members.values.reduce(Set<String>(members.keys)) { $0.union(allKeys(in: $1)) }
        case .array(let items): items.reduce(Set<String>()) { $0.union(allKeys(in: $1)) }
        default: []
        }
    }
}

private let targetTypes = Set(TargetRegistry.builtIn.table.kinds.map(\.rawValue))
private let targetKeys = TargetRegistry.builtIn.table.optionNames.union(names(TargetKey.self))

private func names<Key: ConfigKey>(_ type: Key.Type) -> Set<String> {
    Set(Key.allCases.map(\.rawValue))
}

private func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> Set<String> {
    Set(Word.allCases.map(\.rawValue))
}
