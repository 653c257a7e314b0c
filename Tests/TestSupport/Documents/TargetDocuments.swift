import Foundation
package import Model

/// What config/schema.json and polarai-config(5) say of the kinds of target.
package struct TargetDocuments: Sendable {
    private let schema: JSONValue
    /// What the manual says of a kind, by name.
    private let manual: [String: String]

    package init() throws {
        let schema = try Data(contentsOf: URL(filePath: "\(ProgramPath.package)/config/schema.json"))
        self.schema = try JSONValue(parsing: Array(schema))
        let page = try String(contentsOfFile: "\(ProgramPath.package)/docs/man/polarai-config.5", encoding: .utf8)
        manual = Self.entries(page)
    }

    /// What is missing or wrong in the two for a kind, one sentence each.
    ///
    /// - Parameter common: the keys that every target may have.
    package func faults(of kind: TargetKind, common: Set<String>) -> [String] {
        schemaFaults(kind, common) + manualFaults(kind)
    }

    private func schemaFaults(_ kind: TargetKind, _ common: Set<String>) -> [String] {
        let target = schema["$defs"]?["target"]
        var faults: [String] = []
        if !Self.texts(target?["properties"]?["type"]?["enum"]).contains(kind.rawValue) {
            faults.append("schema.json does not list the type \(kind)")
        }
        let properties = Set(target?["properties"]?.objectValue?.keys.map { $0 } ?? [])
        for key in kind.rules.keys.subtracting(properties).sorted() {
            faults.append("schema.json does not describe the key \(key) of a target")
        }
        let rule = target?["allOf"]?.arrayValue?.first {
            $0["if"]?["properties"]?["type"]?["const"]?.stringValue == kind.rawValue
        }?["then"]
        guard let rule else { return faults + ["schema.json has no rule for targets of type \(kind)"] }
        if Self.texts(rule["propertyNames"]?["enum"]) != kind.rules.keys.union(common) {
            faults.append("schema.json allows other keys for targets of type \(kind)")
        }
        if Self.texts(rule["required"]) != kind.rules.requiredKeys {
            faults.append("schema.json requires other keys of targets of type \(kind)")
        }
        if !agrees(rule["properties"]?["mention"], with: kind.rules.mention) {
            faults.append("schema.json has another mention for targets of type \(kind)")
        }
        return faults
    }

    private func agrees(_ value: JSONValue?, with mention: TargetRules.Mention) -> Bool {
        switch mention {
        case .none: return value == nil
        case .text: return value?["type"]?.stringValue == "string"
        case .object(let keys):
            let name = value?["$ref"]?.stringValue?.split(separator: "/").last.map(String.init) ?? ""
            return schema["$defs"]?[name]?["properties"]?.objectValue.map { Set($0.keys) } == keys
        }
    }

    private func manualFaults(_ kind: TargetKind) -> [String] {
        guard let entry = manual[kind.rawValue] else { return ["polarai-config(5) has no entry for the type \(kind)"] }
        let words = Set(entry.split { $0.isWhitespace || $0 == "," }.map(String.init))
        return kind.rules.keys.subtracting(["url"]).subtracting(words).sorted().map {
            "polarai-config(5) does not name the key \($0) of targets of type \(kind)"
        }
    }

    /// `.It Cm slack , discord` and what follows it, by each of the names.
    private static func entries(_ page: String) -> [String: String] {
        var entries: [String: String] = [:]
        var names: [String] = []
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".It Cm ") {
                names = line.dropFirst(7).split { $0 == " " || $0 == "," }.map(String.init)
                // The first entry of a name is the one of the type: they stand before what else has such names.
                names.removeAll { entries[$0] != nil }
            }
            for name in names { entries[name, default: ""] += line + "\n" }
        }
        return entries
    }

    private static func texts(_ value: JSONValue?) -> Set<String> {
        Set(value?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}
