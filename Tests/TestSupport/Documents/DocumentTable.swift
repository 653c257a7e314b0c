import Foundation

/// A table of a Markdown page of this repository.
package struct DocumentTable: Sendable {
    package let header: [String]
    package let rows: [[String]]

    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - page: its path in the repository.
    ///   - header: the cells of the table's first line.
    /// - Throws: `Missing` if the page has no such table.
    package init(_ page: String, header: [String]) throws {
        let lines = try String(contentsOfFile: "\(ProgramPath.package)/\(page)", encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { Self.cells($0) == header }) else {
            throw Missing(description: "\(page) has no table \(header.joined(separator: " | "))")
        }
        self.header = header
        rows = lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map(Self.cells)
    }

    private static func cells(_ line: Substring) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
