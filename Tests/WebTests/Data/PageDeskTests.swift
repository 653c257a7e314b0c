import Config
import Glibc
import Model
import Store
import TestSupport
import Testing

@testable import Web

/// What pages show beside a daemon whose answer the test decides.
struct PageDeskTests {
    private struct NoPage: Error {}

    private let folder: TemporaryFolder
    private let store: EventStore
    private let settings: LiveSettings.Snapshot

    init() throws {
        folder = try TemporaryFolder()
        store = try EventStore(
            path: folder.file("polarai.db"), at: WebProgram.start, durability: .none, newInstallation: "k3v9x2ab")
        try folder.write("status.sock", "")
        try WebProgram.writeConfig(folder, web: "{}")
        let loader = SettingsLoader(
            options: WebService.Options(config: folder.file("config.json")),
            environment: HostEnvironment(variables: [:]))
        settings = try loader.load().snapshot
    }

    private func add(_ id: String, name: String? = nil) throws {
        var record = ClusterRecord(
            id: ClusterID(id), name: name, scope: AccountRegion(account: "default", region: "cn-beijing"))
        record.status = .activation
        record.lastError = "stored words"
        _ = try store.record(Recording(clusters: [record]), at: WebProgram.start)
    }

    /// - Parameter pid: of the daemon that answers.
    private func page(_ target: String, daemon pid: Int32 = getpid()) async throws -> String {
        let body = #"{"daemon": {"pid": \#(pid)}, "clusters": [{"cluster": "pm-1", "last_error": "live words"}]}"#
        let desk = PageDesk(
            archive: Archive(.file(folder.file("polarai.db"))),
            daemon: DaemonStatus(path: folder.file("status.sock"), http: OneAnswer(status: 200, body: body)))
        let request = WebRequest(method: "GET", target: target, headers: [("Host", "localhost")])
        let checked = try Gate.check(request, AccessRules())
        guard case .page(let route)? = checked.path.flatMap(WebRoute.init) else { throw NoPage() }
        guard case .bytes(let bytes) = try await desk.answer(route, checked, settings).body else { throw NoPage() }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test
    func `the page of a task does not show what a daemon of another database says`() async throws {
        try add("pm-1")
        try store.noteStart(pid: getpid(), startedAt: WebProgram.start, configLoadedAt: WebProgram.start)
        let own = try await page("/tasks/pm-1")
        #expect(own.contains("live words") && !own.contains("stored words"))
        let other = try await page("/tasks/pm-1", daemon: getpid() + 1)
        #expect(other.contains("The daemon does not answer"))
        #expect(other.contains("stored words") && !other.contains("live words"))
    }

    @Test(arguments: [
        ("night+run", ["pm-1"]), ("night", ["pm-2"]), ("night+r*", ["pm-1"]), ("pm-2+pm-3", ["pm-2", "pm-3"]),
        ("+night+", ["pm-2"]), ("run", []), ("", ["pm-1", "pm-2", "pm-3"]),
    ])
    func `the filter of the first page takes a name with a space for one, and other words each`(
        filter: String, shown: [String]
    ) async throws {
        try add("pm-1", name: "night run")
        try add("pm-2", name: "night")
        try add("pm-3")
        let page = try await page("/?cluster=\(filter)")
        #expect(["pm-1", "pm-2", "pm-3"].filter { page.contains("href=\"/tasks/\($0)\"") } == shown)
        #expect(filter != "night+run" || page.contains("value=\"night run\""))
    }
}
