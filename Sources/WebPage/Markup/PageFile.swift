import Model

/// A file of the page: its style, its script, its icons.
package struct PageFile: Sendable {
    let name: String
    package let text: String

    /// Changes with the content, so that a browser may keep the file for ever.
    package var address: String {
        let end = name.lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<end])-\(String(TextHash.of(text), radix: 16))\(name[end...])"
    }

    package var type: String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        default: "image/svg+xml"
        }
    }

    /// By their addresses.
    package static let byAddress: [String: PageFile] = Dictionary(
        all.filter { $0.name != descriptionName }.map { ($0.address, $0) }
    ) { first, _ in first }

    /// The description of the API, an OpenAPI 3.1 document.
    package static let apiDescription = all.first { $0.name == descriptionName }?.text ?? ""

    private static let descriptionName = "openapi.json"

    /// The address of a file below the base path.
    static func address(of name: String) -> String {
        addresses[name].map { "files/\($0)" } ?? ""
    }

    private static let addresses: [String: String] = Dictionary(all.map { ($0.name, $0.address) }) { first, _ in first }
}
