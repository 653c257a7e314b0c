import Model
import Sharing

/// How much of what a host's config names the host does, for STATUS.
struct ShareCount: Equatable {
    private let scopes: (held: Int, named: Int)
    private let targets: (held: Int, named: Int)
    private let hosts: Int
    private let isWaiting: Bool

    init(_ view: MembershipView, held: [Share: Lease]) {
        func count(_ kind: Share.Kind) -> (held: Int, named: Int) {
            let named = view.entry.shares.filter { $0.kind == kind }
            return (named.filter { held[$0] != nil }.count, named.count)
        }
        scopes = count(.scope)
        targets = count(.targets)
        hosts = view.others.count + 1
        isWaiting = view.trouble != nil
    }

    static func == (left: ShareCount, right: ShareCount) -> Bool {
        left.scopes == right.scopes && left.targets == right.targets && left.hosts == right.hosts
            && left.isWaiting == right.isWaiting
    }

    /// In a few words.
    var text: String {
        guard scopes.held + targets.held > 0 else {
            if isWaiting { return "waiting for the database" }
            return hosts > 1 ? "standing by: other hosts do the work" : "taking over"
        }
        let place = hosts == 1 ? "this is the only host" : "this is one of \(hosts) hosts"
        return "\(place); it handles \(scopes.held) of \(scopes.named) "
            + "account/region \(scopes.named == 1 ? "pair" : "pairs") and \(targets.held) of \(targets.named) "
            + "\(targets.named == 1 ? "target" : "targets")"
    }
}
