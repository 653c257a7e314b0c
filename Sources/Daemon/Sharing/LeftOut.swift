import Model
import Sharing
import Systemd

/// What this host's config names and nobody does: the host that holds its account and region, or its target, works by a
/// config that does not name it.
struct LeftOut: Equatable {
    /// By the host that polls their account and region.
    var tasks: [String: [LeftOutTask]] = [:]
    /// Instances whose tasks nobody looks for, by the host that polls their account and region.
    var instances: [String: [String]] = [:]
    /// By the host that serves those with the same credential.
    var targets: [String: [String]] = [:]

    var isEmpty: Bool { tasks.isEmpty && instances.isEmpty && targets.isEmpty }

    var allTasks: [LeftOutTask] {
        tasks.values.joined().sorted { $0.cluster.rawValue < $1.cluster.rawValue }
    }

    private static let mostNamed = 5

    /// For STATUS, in a few words; nil if nothing is left out.
    var status: String? {
        let (tasks, found) = (allTasks.map(\.cluster.rawValue), instances.values.joined().sorted())
        let names = targets.values.joined().sorted()
        var parts: [String] = []
        if !tasks.isEmpty {
            parts.append(
                Self.count(tasks, of: "task")
                    + " not polled: \(Self.hosts(self.tasks.keys)) polls the account, but the config there "
                    + "lacks \(tasks.count == 1 ? "the task" : "these tasks")")
        }
        if !found.isEmpty {
            parts.append(
                Self.count(found, of: "instance")
                    + " not watched: \(Self.hosts(instances.keys)) polls the account, but the config "
                    + "there lacks \(found.count == 1 ? "the instance" : "these instances")")
        }
        if !names.isEmpty {
            parts.append(
                "nothing is sent to \(Self.list(names)): \(Self.hosts(targets.keys)) serves the URL or token, but the config there "
                    + "lacks \(names.count == 1 ? "the target" : "these targets")")
        }
        return parts.isEmpty ? nil : (parts + [Self.remedy]).joined(separator: "; ")
    }

    /// `task pm-1 is`, `3 tasks are`.
    private static func count(_ names: [String], of kind: String) -> String {
        names.count == 1 ? "\(kind) \(names[0]) is" : "\(names.count) \(kind)s are"
    }

    /// `host a (pid 1)`, `hosts a (pid 1), b (pid 2)`: who does the work that is left out.
    private static func hosts(_ names: some Collection<String>) -> String {
        (names.count == 1 ? "host " : "hosts ") + names.sorted().joined(separator: ", ")
    }

    /// For the log, after a change.
    var entries: [JournalEntry] {
        guard !isEmpty else {
            return [
                JournalEntry(
                    "Every task, instance and target in this host's config is covered again.", priority: .notice)
            ]
        }
        let tasks = tasks.sorted { $0.key < $1.key }.map { host, tasks in
            JournalEntry(
                "Not polled: \(Self.list(tasks.map(\.cluster.rawValue).sorted())). Host \(host) polls the account and region of "
                    + "\(tasks.count == 1 ? "this task" : "these tasks"), but its config does not name "
                    + "\(tasks.count == 1 ? "it" : "them"). \(Self.advice)",
                priority: .warning)
        }
        let instances = instances.sorted { $0.key < $1.key }.map { host, names in
            JournalEntry(
                "Instances that are not watched: \(Self.list(names.sorted())). Host \(host) polls the account and region of "
                    + "\(names.count == 1 ? "this instance" : "these instances"), but its config does not name "
                    + "\(names.count == 1 ? "it" : "them"). \(Self.advice)",
                priority: .warning)
        }
        let targets = targets.sorted { $0.key < $1.key }.map { host, names in
            JournalEntry(
                "Nothing is sent to \(Self.list(names.sorted())); the alerts wait. Targets with the same URL or token are "
                    + "served by one host only. At present that is host \(host), and its config does not name "
                    + "\(names.count == 1 ? "this target" : "these targets"). \(Self.advice)", priority: .warning)
        }
        return tasks + instances + targets
    }

    private static let advice = "Make the configs of all hosts the same, and reload all hosts."
    private static let remedy = "make the configs of all hosts the same and reload all hosts"

    private static func list(_ names: [String]) -> String {
        let more = names.count > mostNamed ? " and \(names.count - mostNamed) more" : ""
        return names.prefix(mostNamed).joined(separator: ", ") + more
    }
}

/// Which hosts hold what this host's config names, if their configs differ from it: there something may be left out.
struct LeftOutSearch: Equatable {
    /// By an account and region, the name of the host that polls it.
    private(set) var scopes: [AccountRegion: Holder] = [:]
    /// By an instance, the host that polls its account and region, and does not name it.
    private(set) var instances: [String: Holder] = [:]
    /// By a target, the host that serves its credential, and does not name it.
    private(set) var targets: [String: Holder] = [:]

    struct Holder: Equatable {
        let owner: String
        let host: String
    }

    init(_ view: MembershipView) {
        let own = view.entry
        // A host that has just begun has not named its config yet.
        for other in view.others where !other.entry.config.isEmpty {
            let holder = Holder(owner: other.entry.owner, host: other.entry.title)
            for scope in other.holds.intersection(own.shares).scopes {
                if own.config["clusters"] != other.entry.config["clusters"] { scopes[scope] = holder }
                guard own.config["instances"] != other.entry.config["instances"] else { continue }
                for instance in own.instances.subtracting(other.entry.instances) where instance.scope == scope {
                    instances[instance.id] = holder
                }
            }
            for name in own.targets
            where other.holds.contains(.targets(own.groups[name] ?? name)) && !other.entry.targets.contains(name) {
                targets[name] = holder
            }
        }
    }

    /// What was so before, too: who has just taken over may not have begun.
    func settled(since before: LeftOutSearch) -> LeftOutSearch {
        var settled = self
        settled.scopes = scopes.filter { before.scopes[$0.key] == $0.value }
        settled.instances = instances.filter { before.instances[$0.key] == $0.value }
        settled.targets = targets.filter { before.targets[$0.key] == $0.value }
        return settled
    }

    /// - Parameters:
    ///   - named: the tasks of this host's config, by their account and region.
    ///   - watched: what is watched in the accounts and regions of this search.
    func leftOut(_ named: [AccountRegion: Set<ClusterID>], watched: [AccountRegion: Set<ClusterID>]) -> LeftOut {
        var left = LeftOut()
        for (scope, holder) in scopes {
            guard let watched = watched[scope] else { continue }
            let missing = (named[scope] ?? []).subtracting(watched).map { LeftOutTask(cluster: $0, scope: scope) }
            if !missing.isEmpty { left.tasks[holder.host, default: []] += missing }
        }
        for (id, holder) in instances { left.instances[holder.host, default: []].append(id) }
        for (name, holder) in targets { left.targets[holder.host, default: []].append(name) }
        left.tasks = left.tasks.mapValues { $0.sorted { $0.cluster.rawValue < $1.cluster.rawValue } }
        left.instances = left.instances.mapValues { $0.sorted() }
        left.targets = left.targets.mapValues { $0.sorted() }
        return left
    }
}
