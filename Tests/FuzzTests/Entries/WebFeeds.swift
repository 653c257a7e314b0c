import Foundation
import Model
import Store
import TestSupport

@testable import Web

/// The head of a request to the status page, as NIO hands it over.
enum RequestFeed {
    static func feed(_ bytes: [UInt8]) throws {
        var choosing = ChoosingBytes(bytes)
        let method = choosing.choose(["GET", "HEAD", "POST", "CONNECT", "OPTIONS"])
        let target = choosing.line()
        var headers: [(String, String)] = []
        while headers.count < 50, !choosing.bytes.isEmpty {
            let (name, value) = choosing.line().halves(at: ":")
            headers.append((name, value?.trimmed ?? ""))
        }
        let request = WebRequest(method: method, target: target, headers: headers)
        var rules = AccessRules()
        rules.hosts = ["status.example.com"]
        rules.basePath = "/polarai/"
        if let checked = try? Gate.check(request, rules) {
            try BrokenRule.unless(method == "GET" || method == "HEAD", "\(method) is let in")
            try BrokenRule.unless(request.values("host").count == 1, "hosts: \(request.values("host"))")
            if let path = checked.path, let route = WebRoute(path) { try check(route) }
        }
        _ = Authorization(request.values("authorization"))
        _ = ETag.isKnown("\"0123456789abcdef\"", in: request.list("if-none-match"))
        _ = LanguageChoice.best(request.list("accept-language"), standard: .english)
    }

    private static func check(_ route: WebRoute) throws {
        switch route {
        case .file(let name): try BrokenRule.unless(!name.contains("/"), "the file \(name)")
        case .page(.task(let name)), .api(.task(let name)), .api(.curve(let name)):
            try BrokenRule.unless(!name.isEmpty && name.utf8.count <= 512, "a name of \(name.utf8.count) bytes")
        default: break
        }
    }
}

/// Filters of the lists, read and used.
enum FilterFeed {
    static func feed(_ bytes: [UInt8]) throws {
        var choosing = ChoosingBytes(bytes)
        let list = choosing.choose([0, 1, 2, 3])
        let reader = try Database.open()
        do {
            let query = try Query(choosing.text)
            let part: ListPart
            switch list {
            case 0: part = try HistoryList(Parameters(query, allowed: HistoryList.parameters)).read(reader)
            case 1: part = try AlertList(Parameters(query, allowed: AlertList.parameters)).read(reader)
            case 2: part = try RunList(Parameters(query, allowed: RunList.parameters)).read(reader)
            default: part = try SilenceList(Parameters(query, allowed: SilenceList.parameters)).read(reader)
            }
            try BrokenRule.unless(part.items.count <= 1000, "\(part.items.count) rows")
            _ = try JSONValue(parsing: part.json)
        } catch let error as ParameterError {
            try BrokenRule.unless(!error.message.isEmpty, "refused without a word")
        }
    }

    /// One that has an event of each kind, made once for the process; each reading has a connection of its own.
    private enum Database {
        private struct Made {
            let folder: TemporaryFolder
            let path: String
        }

        private static let made = Result {
            let folder = try TemporaryFolder()
            let path = folder.file("polarai.db")
            let store = try EventStore(path: path, at: FedAPI.now, durability: .none, newInstallation: "k3v9x2ab")
            let events = EventKind.allCases.map { kind in
                Event(
                    kind: kind, cluster: FedAPI.cluster, name: "nightly", account: "default", region: "cn-beijing",
                    to: .failed, observedAt: FedAPI.now)
            }
            _ = try store.record(
                Recording(events: events.map { RoutedEvent(event: $0, targets: ["chat"]) }), at: FedAPI.now)
            try store.close()
            return Made(folder: folder, path: path)
        }

        static func open() throws -> HistoryReader { try HistoryReader(path: made.get().path) }
    }
}
