import Foundation
import TestSupport
import Testing

/// docs/architecture.md names things that exist.
struct ArchitectureTests {
    private let page: String
    private let declared: Set<String>

    init() throws {
        page = try String(contentsOfFile: "\(ProgramPath.package)/docs/architecture.md", encoding: .utf8)
        let declaration = /\b(?:struct|enum|class|actor|protocol|typealias|extension) ([A-Z][A-Za-z0-9]*)/
        var declared: Set<String> = []
        for source in Self.sources {
            let text = try String(contentsOfFile: "\(ProgramPath.package)/\(source)", encoding: .utf8)
            for match in text.matches(of: declaration) { declared.insert(String(match.1)) }
        }
        self.declared = declared
    }

    private static let sources: [String] = ["Sources", "Tests", "Benchmarks", "Plugins"].flatMap { folder in
        let files = FileManager.default.enumerator(atPath: "\(ProgramPath.package)/\(folder)")
        return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
    }

    private var quoted: [String] { page.matches(of: /`([^`\n]+)`/).map { String($0.1) } }

    /// Words with capitals that are not types of this project.
    private static let foreign: Set<String> = [
        "READY", "STATUS", "WATCHDOG", "FULL", "NORMAL", "GONE", "FAILED", "Package", "ServiceGroup",
    ]

    @Test func `every type that the page names is declared`() {
        var missing: Set<String> = []
        var found = 0
        for text in quoted {
            // `EventStore.record`, `Monitor/Agenda/CallAgenda`, `TaskMonitor+Silence.swift`
            guard let name = text.split(separator: "/").last.map({ $0.prefix { $0.isLetter || $0.isNumber } }),
                let first = name.first, first.isUppercase, name.contains(where: \.isLowercase),
                !Self.foreign.contains(String(name)), !isPlace(text)
            else { continue }
            if declared.contains(String(name)) { found += 1 } else { missing.insert(text) }
        }
        #expect(missing.isEmpty, "\(missing.sorted())")
        #expect(found > 40, "the search finds the types: \(found)")
    }

    @Test func `every folder and file that the page names is there`() {
        let missing = quoted.filter { $0.contains("/") && !$0.contains(" ") && $0.first?.isUppercase ?? false }.filter {
            // The last part may be a type in a file of that name.
            !isPlace($0) && !isPlace("\($0).swift")
        }
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test func `a failed training goes from module to module, never back, and through 22 types at most`() throws {
        let begin = try #require(page.range(of: "## One failed training"))
        let walk = page[begin.upperBound...].prefix(while: { $0 != "#" })
        let rows = walk.matches(of: /(?m)^\| (\d+) \| `(\w+)` \| (.*) \|$/)
        #expect(rows.map { Int($0.1) } == Array(1...17))
        var modules: [Substring] = []
        var types: Set<String> = []
        for row in rows {
            // A call of the transport returns to who made it: it is not a floor of its own.
            if modules.last != row.2, row.1 != "14" { modules.append(row.2) }
            for match in row.3.matches(of: /`([A-Z]\w*)`/) { types.insert(String(match.1)) }
        }
        #expect(modules == ["HTTPTransport", "PolarDB", "Daemon", "Monitor", "Notifying", "Store", "Alerts", "Store"])
        #expect((18...22).contains(types.count), "\(types.sorted())")
        #expect(types.isSubset(of: declared), "\(types.subtracting(declared).sorted())")
    }

    /// Whoever reads a type's name need not ask which of two is meant.
    @Test func `no type of a module has the name of another module's`() throws {
        let declaration =
            /(?m)^(?:package |public )?(?:final |indirect )*(?:struct|enum|class|actor|protocol|typealias) ([A-Z][A-Za-z0-9]*)/
        var modules: [String: Set<String>] = [:]
        for source in Self.sources where source.hasPrefix("Sources/") {
            let module = String(source.split(separator: "/")[1])
            let text = try String(contentsOfFile: "\(ProgramPath.package)/\(source)", encoding: .utf8)
            for match in text.matches(of: declaration) { modules[String(match.1), default: []].insert(module) }
        }
        #expect(modules.count > 500)
        let twice = modules.filter { $0.value.count > 1 }
        #expect(twice.isEmpty, "\(twice.mapValues { $0.sorted() })")
    }

    private func isPlace(_ path: String) -> Bool {
        let path = path.prefix { $0 != "…" }
        return ["", "Sources/"].contains {
            FileManager.default.fileExists(atPath: "\(ProgramPath.package)/\($0)\(path)")
        }
    }
}
