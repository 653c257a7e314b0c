package import Model
package import Monitor
package import Store

/// What a reload needs from the database besides the poll loop's own part. Runs in the reload's one transaction.
package typealias ReloadPreparation = @Sendable (EventStore) throws -> [TargetRecord]

/// What the loop works by: replaced whole at a reload.
package struct PollPlan: Sendable {
    package let settings: MonitorSettings
    package let poller: any TaskPoller
    package let routes: EventRouting
    /// Called when the plan comes into force: what changes with it outside the loop.
    package let takeEffect: @Sendable () -> Void
    /// What this host holds of a database that several hosts share; nil: it has it alone.
    package let held: Set<AccountRegion>?

    package init(
        settings: MonitorSettings, poller: any TaskPoller, routes: EventRouting, held: Set<AccountRegion>? = nil,
        takeEffect: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.held = held
        self.poller = poller
        self.routes = routes
        self.takeEffect = takeEffect
    }
}

extension PollPlan {
    /// The part of it that is about what this host holds.
    ///
    /// - Parameters:
    ///   - scopes: what is held.
    ///   - tokensLeft: of the budgets of those that another host has held before.
    func restricted(to scopes: Set<AccountRegion>, tokensLeft: [AccountRegion: Double] = [:]) -> PollPlan {
        var settings = settings.restricted(to: scopes)
        settings.tokensLeft = tokensLeft
        return PollPlan(settings: settings, poller: poller, routes: routes, held: scopes, takeEffect: takeEffect)
    }

    func leaving(_ scopes: Set<AccountRegion>) -> PollPlan {
        restricted(to: (held ?? settings.scopes).subtracting(scopes))
    }

    /// The same, for a switch that changes nothing outside the loop.
    var quiet: PollPlan { PollPlan(settings: settings, poller: poller, routes: routes, held: held) }
}
