import Foundation
import GRDB
import Model
import Postgres
import Sharing
import Store
import Synchronization
import TestSupport

/// The database that all hosts of a run share: the real store on a file, and beside it leases and hosts as PostgreSQL keeps
/// them, by its clock, which is right.
final class SharedDatabase: Sendable {
    struct Row {
        var owner: String?
        var epoch: Int64 = 0
        var expires: Millis = .min
        var tokens: Double?
    }

    private struct Entry {
        var expires: Millis
        var shares: Set<Share>
    }

    private struct State {
        var rows: [Share: Row] = [:]
        var hosts: [String: Entry] = [:]
        var rules: Int64 = 0
        var refusals = 0
        var newestEvent: Int64 = 0
        /// Whether somebody may have committed since it was read.
        var isStale = true
    }

    let store: EventStore
    let path: String
    private let state: Mutex<State>
    private let duration: Millis
    private let reader: DatabaseQueue

    init(folder: TemporaryFolder, terms: LeaseTerms) throws {
        path = folder.file("shared.db")
        duration = terms.duration.millis
        store = try EventStore(
            path: path, at: Millis(0).timestamp, durability: .none, newInstallation: "simulate")
        reader = try DatabaseQueue(path: path)
        state = Mutex(State())
    }

    var rows: [Share: Row] { state.withLock { $0.rows } }
    /// How many transactions the condition of their writer kept from being made.
    var refusals: Int { state.withLock { $0.refusals } }

    func owner(of share: Share) -> String? { state.withLock { $0.rows[share]?.owner } }

    // MARK: - As the statements do it

    func beat(_ owner: String, _ shares: Set<Share>, at now: Millis) {
        state.withLock { $0.hosts[owner] = Entry(expires: now + duration, shares: shares) }
    }

    func leave(_ owner: String) { state.withLock { $0.hosts[owner] = nil } }

    func renew(_ leases: [Share: Int64], _ owner: String, at now: Millis) -> Set<Share> {
        state.withLock { state in
            let own = leases.filter { state.rows[$0.key]?.owner == owner && state.rows[$0.key]?.epoch == $0.value }
            for share in own.keys { state.rows[share]?.expires = now + duration }
            return Set(own.keys)
        }
    }

    func view(at now: Millis) -> SharingView {
        state.withLock { state in
            SharingView(
                leases: state.rows.mapValues { row in
                    .init(owner: row.owner, isFree: row.expires < now, epoch: row.epoch)
                },
                hosts: state.hosts.filter { $0.value.expires >= now }.mapValues(\.shares))
        }
    }

    func take(_ shares: [Share], _ owner: String, at now: Millis) -> [Grant] {
        state.withLock { state in
            shares.sorted().compactMap { share in
                let row = state.rows[share] ?? Row()
                guard row.expires < now else { return nil }
                state.rows[share] = Row(owner: owner, epoch: row.epoch + 1, expires: now + duration)
                return Grant(share: share, epoch: row.epoch + 1, tokens: row.tokens)
            }
        }
    }

    func giveBack(_ leases: [Share: Int64], tokens: [Share: Double], _ owner: String) {
        state.withLock { state in
            for (share, epoch) in leases
            where state.rows[share]?.owner == owner && state.rows[share]?.epoch == epoch {
                state.rows[share] = Row(owner: nil, epoch: epoch, expires: .min, tokens: tokens[share])
            }
        }
    }

    // MARK: - What others see of it

    func noteRules() { state.withLock { $0.rules += 1 } }

    /// Somebody may have committed.
    func noteUse() { state.withLock { $0.isStale = true } }

    func changes() throws -> ChangeCount {
        let isStale = state.withLock { state in
            defer { state.isStale = false }
            return state.isStale
        }
        if isStale {
            let newest = try reader.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM events") } ?? 0
            state.withLock { $0.newestEvent = newest }
        }
        return state.withLock { ChangeCount(newestEvent: $0.newestEvent, retries: 0, rules: $0.rules) }
    }

    func close() throws {
        try reader.close()
        try store.close()
    }

    /// Whether the condition of a writer holds, given its values.
    func holds(_ values: [PostgresValue]) -> Bool {
        guard values.count == 4, case .text(let owner) = values[0], case .texts(let names) = values[1],
            case .integers(let epochs) = values[2], case .integer(let count) = values[3]
        else { return false }
        return state.withLock { state in
            let held = zip(names, epochs).filter { name, epoch in
                guard let name, let epoch, let share = Share(name: name), let row = state.rows[share] else {
                    return false
                }
                return row.owner == owner && row.epoch == epoch
            }
            if Int64(held.count) != count { state.refusals += 1 }
            return Int64(held.count) == count
        }
    }
}
