import Model

/// What there is to ask for.
enum WebRoute: Hashable, Sendable {
    case healthy
    case ready
    case metrics
    case feed
    case file(String)
    case page(PageRoute)
    case api(APIRoute)

    /// - Parameter path: below the base path, without a slash at its start.
    init?(_ path: String) {
        switch path {
        case "-/healthy": self = .healthy
        case "-/ready": self = .ready
        case "metrics": self = .metrics
        case "feed.atom": self = .feed
        case "": self = .page(.now)
        case "history": self = .page(.history)
        case "runs": self = .page(.runs)
        case "alerts": self = .page(.alerts)
        case "silences": self = .page(.silences)
        default:
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == "tasks", let id = Self.name(parts[1]) {
                self = .page(.task(id))
            } else if parts.count == 2, parts[0] == "files" {
                self = .file(String(parts[1]))
            } else if parts.count >= 3, parts[0] == "api", parts[1] == "v1" {
                guard let route = APIRoute(parts.dropFirst(2)) else { return nil }
                self = .api(route)
            } else {
                return nil
            }
        }
    }

    /// Whether everybody may ask for it.
    var isOpen: Bool { self == .healthy || self == .ready }

    fileprivate static func name(_ text: Substring) -> String? {
        guard let name = PercentEncoding.decode(text), !name.isEmpty, name.utf8.count <= 512 else { return nil }
        return name
    }
}

enum PageRoute: Hashable, Sendable {
    case now
    /// An id or a name.
    case task(String)
    case history
    case runs
    case alerts
    case silences
}

enum APIRoute: Hashable, Sendable {
    case status
    case history
    case runs
    case alerts
    case silences
    case task(String)
    case curve(String)
    case events
    case description

    /// - Parameter parts: of the path, behind `/api/v1/`.
    fileprivate init?(_ parts: ArraySlice<Substring>) {
        let parts = Array(parts)
        switch parts.first {
        case "status" where parts.count == 1: self = .status
        case "history" where parts.count == 1: self = .history
        case "runs" where parts.count == 1: self = .runs
        case "alerts" where parts.count == 1: self = .alerts
        case "silences" where parts.count == 1: self = .silences
        case "events" where parts.count == 1: self = .events
        case "openapi.json" where parts.count == 1: self = .description
        case "tasks" where parts.count == 2:
            guard let name = WebRoute.name(parts[1]) else { return nil }
            self = .task(name)
        case "tasks" where parts.count == 3 && parts[2] == "curve":
            guard let name = WebRoute.name(parts[1]) else { return nil }
            self = .curve(name)
        default: return nil
        }
    }
}
