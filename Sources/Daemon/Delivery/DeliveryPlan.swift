package import Alerts
import Model

/// What the loop works by: replaced whole at a reload.
package struct DeliveryPlan: Sendable {
    package let targets: [TargetPlan]
    package let routes: EventRouting
    /// One attempt; nil if it was cut off before its end.
    package let deliver: @Sendable (Start) async -> FinishedAttempt?
    /// What this host does of it on a database that several hosts share; nil: it has it alone.
    let part: Part?

    /// What this host does.
    struct Part: Sendable {
        /// Whether it looks after what is held, reminders, escalations and summaries.
        let notifies: Bool
        /// How many alerts one message can name, of all targets: also of those that others serve.
        let capacities: [String: Int]
    }

    package init(
        targets: [TargetPlan], routes: EventRouting, deliver: @escaping @Sendable (Start) async -> FinishedAttempt?
    ) {
        self.init(targets: targets, routes: routes, part: nil, deliver: deliver)
    }

    init(
        targets: [TargetPlan], routes: EventRouting, part: Part?,
        deliver: @escaping @Sendable (Start) async -> FinishedAttempt?
    ) {
        self.targets = targets
        self.routes = routes
        self.part = part
        self.deliver = deliver
    }

    /// Whether no other host serves targets.
    var isAlone: Bool { part == nil }
    var notifies: Bool { part?.notifies ?? true }

    /// The part of it that this host does.
    ///
    /// - Parameters:
    ///   - names: the targets that it serves.
    ///   - notifies: whether it looks after what is done once for all targets.
    func restricted(to names: Set<String>, notifies: Bool) -> DeliveryPlan {
        DeliveryPlan(
            targets: targets.filter { names.contains($0.name) }, routes: routes,
            part: Part(notifies: notifies, capacities: capacities), deliver: deliver)
    }

    func leaving(_ names: Set<String>) -> DeliveryPlan {
        DeliveryPlan(
            targets: targets.filter { !names.contains($0.name) }, routes: routes, part: part, deliver: deliver)
    }
}

extension DeliveryPlan {
    /// How many alerts one message to a target can name; a target that is missing gets each by itself.
    var capacities: [String: Int] {
        if let part { return part.capacities }
        return Dictionary(targets.compactMap { plan in plan.groupCapacity.map { (plan.name, $0) } }) { first, _ in first
        }
    }
}
