/// A cluster as the config, or its parent instance, names it.
package struct ClusterEntry: Hashable, Sendable {
    package let id: ClusterID
    package let name: String?
    package let scope: AccountRegion
    /// The parent instance it was discovered through.
    package let instance: String?

    package init(id: ClusterID, name: String? = nil, scope: AccountRegion, instance: String? = nil) {
        self.id = id
        self.name = name
        self.scope = scope
        self.instance = instance
    }
}
