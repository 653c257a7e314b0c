import Model

/// `clusters` and `instances`.
struct ClusterDecoder {
    let context: LoadContext
    let accounts: Accounts
    /// What a cluster's own limits are completed by.
    let overdue: OverdueSettings

    func clusters(_ root: ObjectReader<RootKey>) -> [ClusterSettings] {
        var names = UniqueNames()
        let clusters = root.read(.clusters) { value in
            value.list(#"["pm-…"]"#) { item in cluster(item, &names) }
        }
        names.reportClashes(in: context)
        return clusters ?? []
    }

    func instances(_ root: ObjectReader<RootKey>) -> [InstanceSettings] {
        var names = UniqueNames()
        let instances = root.read(.instances) { value in
            value.list(#"["pc-…"]"#) { item in instance(item, &names) }
        }
        return instances ?? []
    }

    private func cluster(_ item: ValueReader, _ names: inout UniqueNames) -> ClusterSettings? {
        let example = #""pm-…" or {"id": "pm-…", "name": "nightly"}"#
        guard item.value.stringValue == nil else {
            guard let id = item.id(example) else { return nil }
            names.addID(id, at: item)
            warnAboutInstance(id, at: item)
            return accounts.region(of: AccountSettings.defaultName, neededBy: id)
                .map { ClusterSettings(id: ClusterID(id), region: $0, overdue: overdue) }
        }
        guard let reader = item.object(ClusterKey.self, wanted: example) else { return nil }
        reader.refuseUnknownKeys()
        let id = reader.require(.id, "write the task's id, such as \"pm-…\"") { value -> String? in
            guard let id = value.id(example) else { return nil }
            names.addID(id, at: value)
            warnAboutInstance(id, at: value)
            return id
        }
        let name = reader.read(.name) { value -> String? in
            guard let name = value.text(), value.isGoodClusterName(name) else { return nil }
            names.addName(name, of: id, at: value)
            return name
        }
        let place = place(
            id: id, account: reader.read(.account) { account($0) }, accountIsGiven: reader.has(.account),
            region: reader.read(.region) { $0.region() }, regionIsGiven: reader.has(.region))
        let poll = reader.read(.poll) { $0.pollInterval() }
        let labels = reader.read(.labels) { $0.labels() }
        let limits = reader.read(.overdue) { OverdueDecoder().decode($0, base: overdue) } ?? overdue
        let costPerHour = reader.read(.costPerHour) { $0.price() }
        guard let id, let place else { return nil }
        return ClusterSettings(
            id: ClusterID(id), name: name, account: place.account, region: place.region, poll: poll,
            labels: labels ?? [:], overdue: limits, costPerHour: costPerHour)
    }

    private func instance(_ item: ValueReader, _ names: inout UniqueNames) -> InstanceSettings? {
        let example = #""pc-…" or {"id": "pc-…", "region": "cn-beijing"}"#
        guard item.value.stringValue == nil else {
            guard let id = item.id(example) else { return nil }
            names.addID(id, at: item)
            warnAboutTask(id, at: item)
            return accounts.region(of: AccountSettings.defaultName, neededBy: id)
                .map { InstanceSettings(id: id, region: $0) }
        }
        guard let reader = item.object(InstanceItemKey.self, wanted: example) else { return nil }
        reader.refuseUnknownKeys()
        let id = reader.require(.id, "write the instance's id, such as \"pc-…\"") { value -> String? in
            guard let id = value.id(example) else { return nil }
            names.addID(id, at: value)
            warnAboutTask(id, at: value)
            return id
        }
        let place = place(
            id: id, account: reader.read(.account) { account($0) }, accountIsGiven: reader.has(.account),
            region: reader.read(.region) { $0.region() }, regionIsGiven: reader.has(.region))
        let labels = reader.read(.labels) { $0.labels() }
        let costPerHour = reader.read(.costPerHour) { $0.price() }
        guard let id, let place else { return nil }
        return InstanceSettings(
            id: id, account: place.account, region: place.region, labels: labels ?? [:], costPerHour: costPerHour)
    }

    private func place(
        id: String?, account: String?, accountIsGiven: Bool, region: String?, regionIsGiven: Bool
    ) -> AccountRegion? {
        // A wrong account or region is reported already; what follows from it need not be.
        guard let account = account ?? (accountIsGiven ? nil : AccountSettings.defaultName) else { return nil }
        guard !regionIsGiven else { return region.map { AccountRegion(account: account, region: $0) } }
        return accounts.region(of: account, neededBy: id ?? "an item without an id")
            .map { AccountRegion(account: account, region: $0) }
    }

    private func account(_ value: ValueReader) -> String? {
        guard let name = value.text("write the name of one of \"accounts\"") else { return nil }
        guard accounts.isKnown(name) || !accounts.areReadable else {
            return value.refuse(
                "\(value.shown(name)) is not an account of this config"
                    + EntryNames.hint(name, of: accounts.names, "the accounts are"))
        }
        return name
    }

    private func warnAboutInstance(_ id: String, at value: ValueReader) {
        guard id.hasPrefix("pc-") else { return }
        context.warning(
            value.path,
            "\"\(id)\" looks like an instance; ids of tasks start with pm-, and instances go in \"instances\"")
    }

    private func warnAboutTask(_ id: String, at value: ValueReader) {
        guard id.hasPrefix("pm-") else { return }
        context.warning(
            value.path, "\"\(id)\" looks like a task; ids of instances start with pc-, and tasks go in \"clusters\"")
    }
}

/// Finds ids and names that stand for two clusters.
private struct UniqueNames {
    private var ids: [String: ConfigPath] = [:]
    private var names: [String: (path: ConfigPath, id: String?)] = [:]

    mutating func addID(_ id: String, at value: ValueReader) {
        if let first = ids[id] {
            value.context.mistake(value.path, "\"\(id)\" is already listed at \(first.text); keep one")
        } else {
            ids[id] = value.path
        }
    }

    mutating func addName(_ name: String, of id: String?, at value: ValueReader) {
        if let first = names[name] {
            value.context.mistake(
                value.path, "\(value.shown(name)) is already used at \(first.path.text); choose another name")
        } else {
            names[name] = (value.path, id)
        }
    }

    /// A name that is another cluster's id would make every filter ambiguous.
    func reportClashes(in context: LoadContext) {
        let clashes = names.filter { name, entry in entry.id != name && ids[name] != nil }
        for (name, entry) in clashes.sorted(by: { $0.key < $1.key }) {
            guard let other = ids[name] else { continue }
            context.mistake(
                entry.path,
                "\"\(name)\" is also the id of another task or instance (\(other.text)), which makes filters ambiguous; "
                    + "choose another name")
        }
    }
}

extension ValueReader {
    /// An id, trimmed: it travels in signed queries.
    fileprivate func id(_ example: String) -> String? {
        guard let text = value.stringValue else { return refuse("is \(value.kindName); write \(example)") }
        let id = text.trimmed
        guard !id.isEmpty else { return refuse("is an empty string; write \(example)") }
        guard id.utf8.count <= 64, id.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) })
        else {
            return refuse(
                "\(shown(id)) is not a valid id (up to 64 letters, digits, '-', '_' and '.'); write \(example)")
        }
        return id
    }

    fileprivate func isGoodClusterName(_ name: String) -> Bool {
        guard name.trimmed == name, name.utf8.count <= 512 else {
            context.mistake(path, "is not a valid name; use up to 512 bytes, without spaces at either end")
            return false
        }
        if Glob.isPattern(name) {
            context.warning(
                path, "\(shown(name)) contains *, ? or [, so filters treat it as a pattern; choose a name without them")
        }
        return true
    }
}
