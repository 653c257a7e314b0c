package import Model
import Store

/// What others want of the loop: answered between two turns.
extension PollLoop {
    package nonisolated func stop() {
        inbox.post(.stop)
    }

    /// Switches to another plan between two turns.
    ///
    /// - Parameter prepare: what else of the reload can fail, done in the same transaction as this loop's part.
    /// - Returns: what `prepare` returned; the plan is in force then.
    /// - Throws: what `prepare` throws, `StoreError`, and `CancellationError` if the loop has ended. The old plan stays
    ///   in force then, and nothing has changed on the disk.
    package nonisolated func reload(
        _ plan: PollPlan, prepare: @escaping ReloadPreparation
    ) async throws -> [TargetRecord] {
        try await withCheckedThrowingContinuation { reply in
            if !inbox.post(.reload(plan, prepare, reply)) { reply.resume(throwing: CancellationError()) }
        }
    }

    /// Polls a cluster as soon as the quota allows; false if it is not watched.
    package nonisolated func pollNow(_ cluster: ClusterID) async -> Bool {
        await withCheckedContinuation { reply in
            if !inbox.post(.pollNow(cluster, reply)) { reply.resume(returning: false) }
        }
    }

    /// Begins no call of these accounts and regions any more, and returns when none is under way.
    nonisolated func finish(_ scopes: Set<AccountRegion>) async {
        await withCheckedContinuation { reply in
            if !inbox.post(.finish(scopes, reply)) { reply.resume() }
        }
    }

    /// Watches nothing in these accounts and regions any more: their calls are cancelled, and nothing is written of them
    /// once this returns. Needs no database.
    nonisolated func leave(_ scopes: Set<AccountRegion>) async {
        await withCheckedContinuation { reply in
            if !inbox.post(.leave(scopes, reply)) { reply.resume() }
        }
    }
}
