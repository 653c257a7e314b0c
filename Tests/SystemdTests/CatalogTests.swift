import Foundation
import Systemd
import Testing

/// systemd/polarai.catalog and the program must speak of the same entries.
struct CatalogTests {
    private struct Section {
        let id: String
        let header: [String: String]
        let body: String
    }

    private func sections() throws -> [Section] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "systemd/polarai.catalog"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
        return lines.split(whereSeparator: { $0.hasPrefix("-- ") }).dropFirst(lines[0].hasPrefix("-- ") ? 0 : 1)
            .enumerated().map { number, lines in
                let ids = text.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
                let header = lines.prefix { !$0.isEmpty }
                let pairs = header.compactMap { line -> (String, String)? in
                    let parts = line.split(separator: ": ", maxSplits: 1)
                    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
                }
                return Section(
                    id: ids[number], header: Dictionary(pairs) { first, _ in first },
                    body: lines.dropFirst(header.count + 1).joined(separator: "\n"))
            }
    }

    @Test func `every entry has its text, and every text its entry`() throws {
        let sections = try sections()
        #expect(Set(sections.map(\.id)) == Set(CatalogEntry.allCases.map(\.messageID.description)))
        #expect(sections.count == CatalogEntry.allCases.count)
    }

    @Test func `every text has a subject and something to say`() throws {
        for section in try sections() {
            #expect(section.header["Subject"] != nil, "\(section.id)")
            #expect(section.header["Defined-By"] == "polarai-daemon", "\(section.id)")
            #expect(section.body.count > 40, "\(section.id)")
        }
    }

    /// journalctl shows the bare name of a field that an entry does not have.
    @Test func `texts use only fields that their entries always have`() throws {
        let ofTask: Set<CatalogEntry> = [
            .completed, .failed, .started, .restarted, .changed, .gone, .stalled, .stallEnded, .overdue, .escalated,
        ]
        let ofTarget: Set<CatalogEntry> = [.targetFailing, .targetRecovered]
        for section in try sections() {
            let entry = try #require(CatalogEntry.allCases.first { $0.messageID.description == section.id })
            let text = (section.header["Subject"] ?? "") + section.body
            let used = Set(text.matches(of: /@([A-Z_]+)@/).map { String($0.output.1) })
            let allowed: Set<String> =
                ofTask.contains(entry) ? ["POLARAI_TASK_ID"] : ofTarget.contains(entry) ? ["POLARAI_TARGET"] : []
            #expect(used.isSubset(of: allowed), "\(entry)")
        }
    }

    @Test func `ids are 32 small hexadecimal digits, each its own`() {
        let ids = CatalogEntry.allCases.map(\.messageID.description)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
    }

    @Test func `priorities are those of the contract`() {
        #expect(CatalogEntry.failed.priority == .error)
        for entry in [CatalogEntry.pollFailing, .gone, .stalled] { #expect(entry.priority == .warning) }
        let others: [CatalogEntry] = [
            .completed, .started, .restarted, .changed, .pollRecovered, .targetFailing, .overdue, .reminder, .escalated,
            .summary,
        ]
        for entry in others { #expect(entry.priority == .notice) }
    }
}
