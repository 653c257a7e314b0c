import Files
package import Model

/// Where temporary credentials come from: one request, no memory.
package protocol CredentialsSource: Sendable {
    /// What is asked, for a failure: `STS (sts.aliyuncs.com)`, for example.
    var place: String { get }

    /// - Parameter now: the time as Alibaba Cloud's servers see it.
    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials
}

/// Keeps what a source gives until it must be renewed; one renewal at a time, however many ask.
package actor RefreshingProvider: CredentialsProvider {
    private let source: any CredentialsSource
    private let limit: Duration
    private var state = RefreshState()
    /// The renewal under way. It belongs to no caller: the one that began it may be gone before it ends.
    private var renewal: Task<Void, Never>?

    /// - Parameter limit: how long a source may take, whatever it does: longer than the limits of its own parts together,
    ///   of which a program's 60 s is the longest.
    package init(_ source: any CredentialsSource, limit: Duration = .seconds(90)) {
        self.source = source
        self.limit = limit
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
        for _ in 0..<Self.mostRenewals {
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
            case .refresh: break
            }
            if Task.isCancelled {
                throw PollFailure(reason: .network, message: "the request for credentials was cancelled")
            }
        }
        throw PollFailure(
            reason: .credentials,
            message:
                "the credentials from \(source.place) expire before they can be used; set this host's clock (timedatectl set-ntp true)"
        )
    }

    /// One that another caller began and was cancelled, one of our own, and one that came at the very end of the old ones.
    private static let mostRenewals = 3

    // Async, or a call on this type would mean the protocol's own, which does nothing.
    package func invalidate(_ credentials: Credentials) async {
        state.invalidate(credentials)
    }

    private func begin(at now: Timestamp) -> Task<Void, Never> {
        if let renewal { return renewal }
        let task = Task { [source, limit, weak self] in
            let result = await withTimeLimit(limit) { () -> Result<Credentials, PollFailure> in
                do throws(PollFailure) {
                    return .success(try await source.fetch(at: now))
                } catch {
                    return .failure(error)
                }
            }
            await self?.end(result ?? .failure(Self.hangs(source, limit)), at: now)
        }
        renewal = task
        return task
    }

    private static func hangs(_ source: any CredentialsSource, _ limit: Duration) -> PollFailure {
        PollFailure(
            reason: .timeout,
            message: "no credentials from \(source.place) within \(DurationText.write(limit)): it does not answer")
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
