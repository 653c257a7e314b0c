import Model
import Sharing

/// Leases and hosts as the database keeps them, with a clock of its own; a time is in milliseconds.
struct FakeDatabase {
    struct Row {
        var owner: String?
        var epoch: Int64 = 0
        var expires = Int64.min
    }

    struct Host {
        var expires: Int64
        var shares: Set<Share>
    }

    let terms: LeaseTerms
    /// How far the clock is from true time.
    var offset: Int64 = 0
    private(set) var rows: [Share: Row] = [:]
    private(set) var hosts: [String: Host] = [:]

    init(_ terms: LeaseTerms) {
        self.terms = terms
    }

    private var duration: Int64 { terms.duration.wholeMilliseconds }

    private func clock(_ time: Int64) -> Int64 { time + offset }

    mutating func beat(_ owner: String, _ shares: Set<Share>, at time: Int64) {
        hosts[owner] = Host(expires: clock(time) + duration, shares: shares)
    }

    mutating func leave(_ owner: String) { hosts[owner] = nil }

    mutating func renew(_ leases: [Share: Int64], _ owner: String, at time: Int64) -> Set<Share> {
        let own = leases.filter { rows[$0.key]?.owner == owner && rows[$0.key]?.epoch == $0.value }
        let end = clock(time) + duration
        for share in own.keys { rows[share]?.expires = end }
        return Set(own.keys)
    }

    private func isFree(_ row: Row, at time: Int64) -> Bool { row.expires < clock(time) }

    private func isAhead(_ expires: Int64, at time: Int64) -> Bool { expires > clock(time) + 2 * duration }

    func view(at time: Int64) -> SharingView {
        SharingView(
            leases: rows.mapValues { row in
                .init(
                    owner: row.owner, isFree: isFree(row, at: time), isAhead: isAhead(row.expires, at: time),
                    epoch: row.epoch)
            },
            hosts: hosts.filter { $0.value.expires >= clock(time) && !isAhead($0.value.expires, at: time) }
                .mapValues(\.shares))
    }

    mutating func take(_ shares: [Share], _ owner: String, at time: Int64) -> [Grant] {
        var grants: [Grant] = []
        for share in shares {
            let row = rows[share] ?? Row()
            guard isFree(row, at: time) || isAhead(row.expires, at: time) else { continue }
            rows[share] = Row(owner: owner, epoch: row.epoch + 1, expires: clock(time) + duration)
            grants.append(Grant(share: share, epoch: row.epoch + 1, tokens: nil))
        }
        return grants
    }

    mutating func giveBack(_ leases: [Share: Int64], _ owner: String) {
        for (share, epoch) in leases where rows[share]?.owner == owner && rows[share]?.epoch == epoch {
            rows[share]?.owner = nil
            rows[share]?.expires = .min
        }
    }
}
