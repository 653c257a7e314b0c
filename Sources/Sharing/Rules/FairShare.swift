/// How much of what several hosts can do is one host's.
///
/// Shares of one kind that the same hosts name are a group; of each group a host holds at most its size divided by the
/// number of those hosts, rounded up. So with any configs everything can be held, and nobody holds more than that.
struct FairShare {
    private struct Group: Hashable {
        let kind: Share.Kind
        let hosts: Set<String>
    }

    private var groups: [Share: Group] = [:]
    private var limits: [Group: Int] = [:]

    /// - Parameters:
    ///   - owner: whose share is asked for; it names `wanted`, whatever the view says of it.
    init(of owner: String, wanting wanted: Set<Share>, in view: SharingView) {
        var sizes: [Group: Int] = [:]
        for share in wanted {
            var hosts = Set(view.hosts.lazy.filter { $0.value.contains(share) }.map(\.key))
            hosts.insert(owner)
            let group = Group(kind: share.kind, hosts: hosts)
            groups[share] = group
            sizes[group, default: 0] += 1
        }
        for (group, size) in sizes { limits[group] = (size + group.hosts.count - 1) / group.hosts.count }
    }

    /// What is held beyond the limits.
    ///
    /// - Parameter held: in the order in which it may be kept.
    func excess(of held: [Share]) -> [Share] {
        var counts: [Group: Int] = [:]
        return held.filter { share in
            guard let group = groups[share] else { return true }
            counts[group, default: 0] += 1
            return counts[group, default: 0] > limits[group, default: 0]
        }
    }

    /// What may be taken beside what is held.
    ///
    /// - Parameter free: in the order in which it is taken.
    func picks(of free: [Share], beside held: some Sequence<Share>) -> [Share] {
        var counts: [Group: Int] = [:]
        for share in held { if let group = groups[share] { counts[group, default: 0] += 1 } }
        return free.filter { share in
            guard let group = groups[share], counts[group, default: 0] < limits[group, default: 0] else { return false }
            counts[group, default: 0] += 1
            return true
        }
    }
}
