/// Small changes to an address that leave every byte of it as the operator wrote it.
extension WebAddress {
    /// Adds one parameter to the query, its value as given.
    package static func adding(_ parameter: String, to url: String) -> String {
        let (address, fragment) = url.halves(at: "#")
        let separator = address.contains("?") ? (address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&") : "?"
        return address + separator + parameter + (fragment.map { "#\($0)" } ?? "")
    }

    /// Puts a path behind a base address, `https://host/base/` and `https://host/base` alike; not twice.
    package static func appending(_ path: String, to base: String) -> String {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        return base.hasSuffix(path) ? base : base + path
    }
}
