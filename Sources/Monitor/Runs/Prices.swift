package import Model

/// What an hour of training costs: `cost`, and the `cost_per_hour` of clusters and instances.
package struct Prices: Hashable, Sendable {
    package let currency: String
    package let general: Double?
    package let ofClusters: [ClusterID: Double]
    package let ofInstances: [InstanceKey: Double]

    package init(
        currency: String = "CNY", general: Double? = nil, ofClusters: [ClusterID: Double] = [:],
        ofInstances: [InstanceKey: Double] = [:]
    ) {
        self.currency = currency
        self.general = general
        self.ofClusters = ofClusters
        self.ofInstances = ofInstances
    }

    /// The price of a task: its own, else its instance's, else the general one.
    package func price(of record: ClusterRecord) -> HourlyPrice? {
        var perHour = ofClusters.isEmpty ? nil : ofClusters[record.id]
        if perHour == nil, !ofInstances.isEmpty, let instance = record.instance {
            perHour = ofInstances[InstanceKey(id: instance, scope: record.scope)]
        }
        return (perHour ?? general).map { HourlyPrice(perHour: $0, currency: currency) }
    }
}
