package import Model

/// Where temporary credentials come from: one request, no memory.
package protocol CredentialsSource: Sendable {
    /// - Parameter now: the time as Alibaba Cloud's servers see it.
    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials
}

/// Keeps what a source gives until it must be renewed; one renewal at a time, however many ask.
package actor RefreshingProvider: CredentialsProvider {
    private let source: any CredentialsSource
    private var state = RefreshState()
    /// The renewal under way. It belongs to no caller: the one that began it may be gone before it ends.
    private var renewal: Task<Void, Never>?

    package init(_ source: any CredentialsSource) {
        self.source = source
    }

    deinit {
        renewal?.cancel()
    }

    package func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        switch state.step(at: now) {
        case .use(let credentials): return credentials
        case .fail(let failure): throw failure
        case .useAndRefresh(let credentials):
            _ = begin(at: now)
            return credentials
        case .refresh: break
        }
        repeat {
            let renewal = begin(at: now)
            // Whoever waits and is cancelled ends the renewal; others who wait for it begin another.
            await withTaskCancellationHandler {
                await renewal.value
            } onCancel: {
                renewal.cancel()
            }
            switch state.step(at: now) {
            case .use(let credentials), .useAndRefresh(let credentials): return credentials
            case .fail(let failure): throw failure
            case .refresh: continue
            }
        } while !Task.isCancelled
        throw PollFailure(reason: .network, message: "the request for credentials was cancelled")
    }

    // Async, or a call on this type would mean the protocol's own, which does nothing.
    package func invalidate(_ credentials: Credentials) async {
        state.invalidate(credentials)
    }

    private func begin(at now: Timestamp) -> Task<Void, Never> {
        if let renewal { return renewal }
        let task = Task { [source, weak self] in
            let result: Result<Credentials, PollFailure>
            do throws(PollFailure) {
                result = .success(try await source.fetch(at: now))
            } catch {
                result = .failure(error)
            }
            await self?.end(result, at: now)
        }
        renewal = task
        return task
    }

    private func end(_ result: Result<Credentials, PollFailure>, at now: Timestamp) {
        renewal = nil
        switch result {
        case .success(let credentials): state.succeeded(credentials, at: now, jitter: .random(in: 0...1))
        // Given up by whoever waited, not failed.
        case .failure where Task.isCancelled: break
        case .failure(let failure): state.failed(failure, at: now, jitter: .random(in: 0...1))
        }
    }
}
