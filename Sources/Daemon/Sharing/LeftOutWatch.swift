import Config
import Model
import Sharing
import Store

/// Looks now and then for what this host's config names and nobody does, and says so: in STATUS, in the log, and to the
/// other hosts, so that `status` shows it on each of them. Costs nothing while the configs are the same.
actor LeftOutWatch {
    private let part: SharedPart
    private let store: EventStore
    private let announcer: Announcer
    private var before: LeftOutSearch?
    private var known = LeftOut()

    private static let pause = Duration.seconds(10)
    private static let readLimit = Duration.seconds(10)

    init(_ part: SharedPart, store: EventStore, announcer: Announcer) {
        self.part = part
        self.store = store
        self.announcer = announcer
    }

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
            await look()
        }
    }

    private func look() async {
        let view = part.membership.view
        guard view.trouble == nil, view.hosts != nil else { return }
        let found = LeftOutSearch(view)
        let search = before.map { found.settled(since: $0) } ?? LeftOutSearch(MembershipView(entry: view.entry))
        before = found
        guard let watched = await watched(in: search.scopes.keys.sorted { $0.description < $1.description }) else {
            return
        }
        let settings = part.whole.settings
        let named = Dictionary(grouping: settings.clusters.filter { search.scopes[$0.accountRegion] != nil }) {
            $0.accountRegion
        }
        show(search.leftOut(named.mapValues { Set($0.map(\.id)) }, watched: watched))
    }

    private func show(_ found: LeftOut) {
        guard found != known else { return }
        for entry in found.entries { announcer.write(entry) }
        announcer.show(leftOut: found.status)
        if found.allTasks != known.allTasks { part.membership.name(leftOut: found.allTasks) }
        known = found
    }

    /// - Returns: nil if the database does not say.
    private func watched(in scopes: [AccountRegion]) async -> [AccountRegion: Set<ClusterID>]? {
        guard !scopes.isEmpty else { return [:] }
        let read = await BlockingWork.run(within: Self.readLimit) { [store] in
            try? { () throws -> [AccountRegion: Set<ClusterID>] in
                let reader = try store.reader()
                return try scopes.reduce(into: [:]) { $0[$1] = try reader.watchedClusters(in: $1) }
            }()
        }
        return read ?? nil
    }
}
