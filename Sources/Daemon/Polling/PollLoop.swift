package import HTTPTransport
package import Model
package import Monitor
package import PolarDB
import Store

/// Asks what the monitor says is due, and hands it the results.
///
/// The monitor has this one owner. What others want of it (a reload, a poll now) comes in as a message and is answered
/// between two turns.
///
/// It lives on the thread of the client that the polls go through: a poll is signed, sent, received and decided without
/// a change of threads.
package actor PollLoop {
    /// What others want of the loop, and what its calls bring.
    package enum Message: Sendable {
        case result(PollResult)
        case reload(PollPlan, ReloadPreparation, CheckedContinuation<[TargetRecord], any Error>)
        case pollNow(ClusterID, CheckedContinuation<Bool, Never>)
        /// Begin no call of these accounts and regions any more, and answer when none is under way.
        case finish(Set<AccountRegion>, CheckedContinuation<Void, Never>)
        /// Watch nothing in these accounts and regions any more.
        case leave(Set<AccountRegion>, CheckedContinuation<Void, Never>)
        case stop
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { http.executor.asUnownedSerialExecutor() }

    private let http: CurlClient
    private let driver: MonitorDriver
    private var plan: PollPlan
    /// Whether a call may begin now: another host may have taken its account.
    private let permits: @Sendable (AccountRegion) -> Bool
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    private let clockOffset: ClockOffset
    private let announcer: Announcer
    private let answers: APIAnswers
    let inbox: Inbox<Message>
    private var nextFlush: MonotonicInstant
    /// The calls that are under way, by the numbers of their orders.
    private var calls: [UInt64: (scope: AccountRegion, task: Task<Void, Never>)] = [:]
    private var hanging = HangingCalls()
    /// Accounts in which no call is begun any more, and who waits for those that are under way.
    private var leaving: Set<AccountRegion> = []
    private var finishing: [(scopes: Set<AccountRegion>, reply: CheckedContinuation<Void, Never>)] = []
    /// Calls that were due and were not begun: their account is being left, or is another host's.
    private var withheld: [PollOrder] = []

    /// Last-poll times are no news: they are written together, this often.
    private static let flushInterval = Duration.seconds(60)
    /// How long a stop waits for calls that were cancelled.
    private static let stopPatience = Duration.seconds(2)

    package init(
        on http: CurlClient, monitor: TaskMonitor, plan: PollPlan, store: any StoreAccess, announcer: Announcer,
        heartbeats: Heartbeats, clock: SystemClock, clockOffset: ClockOffset, answers: APIAnswers = APIAnswers(),
        permits: @escaping @Sendable (AccountRegion) -> Bool = { _ in true },
        wakeDelivery: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.http = http
        driver = MonitorDriver(
            monitor: monitor, routes: plan.routes, store: store, announcer: announcer, clock: clock,
            serverOffset: { clockOffset.current }, random: BufferedRandomGenerator(), wakeDelivery: wakeDelivery)
        self.plan = plan
        self.permits = permits
        self.heartbeats = heartbeats
        self.clock = clock
        self.clockOffset = clockOffset
        self.announcer = announcer
        self.answers = answers
        inbox = Inbox(clock: clock)
        nextFlush = clock.now().monotonic.advanced(by: Self.flushInterval)
    }

    /// Goes on until `stop`. What was answered by then is stored. Calls that are under way are cancelled: they left no
    /// trace, so nothing is lost.
    package func run() async {
        // With the preference also what belongs to no actor, for example the wait for a message, goes on on the actor's
        // thread.
        await withTaskExecutorPreference(http.executor) {
            while await turn() {}
            await settleFailures(because: Self.stopping)
            await settle(await endCalls())
            await settleFailures(because: Self.stopping)
            await driver.flushPollTimes()
            refuse(inbox.close())
        }
    }

    /// Cancels the calls of these accounts and regions at once, also while the loop waits for the database.
    func cut(_ scopes: Set<AccountRegion>) {
        for call in calls.values where scopes.contains(call.scope) { call.task.cancel() }
    }

    package var overview: WatchOverview { driver.overview }

    /// What the database will have at the next flush.
    package var unsaved: Unsaved { driver.unsaved }

    /// How its calls stand now.
    package var figures: MonitorFigures { driver.figures }

    private func turn() async -> Bool {
        heartbeats.beat(.polling)
        var results: [PollResult] = []
        var goesOn = true
        for message in inbox.take() {
            switch message {
            case .result(let result):
                noteEnd(of: result.order)
                answers.note(end: result.order, isAnswer: result.outcome.isAnswer, at: result.at.monotonic)
                results.append(result)
            case .stop: goesOn = false
            case .pollNow(let cluster, let reply): reply.resume(returning: driver.bringForward(cluster))
            case .reload(let plan, let prepare, let reply):
                // Results that came before belong to the plan under which they were ordered.
                await settle(results)
                results = []
                await adopt(plan, prepare, reply)
            case .finish(let scopes, let reply):
                leaving.formUnion(scopes)
                finishing.append((scopes, reply))
            case .leave(let scopes, let reply):
                endWatching(scopes)
                reply.resume()
            }
        }
        await settle(results)
        guard goesOn else { return false }
        await answerFinished()

        startWithheld()
        for order in driver.takeDue() { start(order) }
        let now = clock.now().monotonic
        if nextFlush <= now {
            nextFlush = now.advanced(by: Self.flushInterval)
            await driver.flushPollTimes()
        } else {
            await driver.flushMuchProgress()
        }
        let wake = driver.nextWake() ?? nextFlush
        await inbox.wait(until: min(wake, nextFlush, now.advanced(by: heartbeats.interval)))
        return true
    }

    private static let stopping = "the service was stopping"

    private func settleFailures(because reason: String, of isMeant: (ClusterRecord) -> Bool = { _ in true }) async {
        noteGivenUp(await driver.settleFailures(because: reason, of: isMeant))
    }

    private func settle(_ results: [PollResult]) async {
        noteGivenUp(await driver.settle(results))
    }

    /// The calls whose time is up.
    private func noteGivenUp(_ givenUp: [PollOrder]) {
        for (scope, answer) in driver.lastAnswers { answers.note(answer: answer, in: scope) }
        for order in givenUp {
            answers.note(end: order, isAnswer: false, at: clock.now().monotonic)
            guard let call = calls.removeValue(forKey: order.number) else { continue }
            call.task.cancel()
            hanging.insert(order)
        }
    }

    private func noteEnd(of order: PollOrder) {
        calls[order.number] = nil
        hanging.remove(order)
    }

    private func endWatching(_ scopes: Set<AccountRegion>) {
        cut(scopes)
        plan = plan.leaving(scopes)
        driver.leave(for: plan.settings)
        answers.keep(plan.settings.scopes)
        for order in withheld where scopes.contains(order.scope) { refuse(order) }
        withheld.removeAll { scopes.contains($0.scope) }
        leaving.subtract(scopes)
    }

    private func startWithheld() {
        guard !withheld.isEmpty else { return }
        let orders = withheld
        withheld = []
        for order in orders { start(order) }
    }

    /// Those who wait for the last calls of accounts get their answer when what came of them is stored.
    private func answerFinished() async {
        let busy = Set(calls.values.map(\.scope))
        let done = finishing.filter { busy.isDisjoint(with: $0.scopes) }
        guard !done.isEmpty else { return }
        await settleFailures(because: "the account went to another host") { record in
            done.contains { $0.scopes.contains(record.scope) }
        }
        await driver.flushPollTimes()
        finishing.removeAll { busy.isDisjoint(with: $0.scopes) }
        for entry in done { entry.reply.resume() }
    }

    /// The call is not made: its account is another host's.
    private func refuse(_ order: PollOrder) {
        let failure = PollFailure(
            reason: .timeout, message: "no call was made, because another host polls this account and region now")
        inbox.post(.result(PollResult(order, outcome: .failed(failure, order.call), at: clock.now())))
    }

    private func start(_ order: PollOrder) {
        guard !leaving.contains(order.scope), permits(order.scope) else {
            withheld.append(order)
            return
        }
        if let failure = hanging.refusal(of: order) {
            inbox.post(.result(PollResult(order, outcome: .failed(failure, order.call), at: clock.now())))
            return
        }
        answers.note(call: order, at: clock.now().monotonic)
        calls[order.number] = (
            order.scope, Task(executorPreference: http.executor) { await self.ask(order) }
        )
    }

    /// Cancels what is under way and waits for its end, but not for long; who waits for an answer of the loop gets one.
    ///
    /// - Returns: the answers that had come all the same.
    private func endCalls() async -> [PollResult] {
        var results: [PollResult] = []
        for call in calls.values { call.task.cancel() }
        let deadline = clock.now().monotonic.advanced(by: Self.stopPatience)
        while true {
            for message in inbox.take() {
                switch message {
                case .result(let result):
                    noteEnd(of: result.order)
                    if result.outcome.isAnswer { results.append(result) }
                case .stop: break
                case .pollNow(_, let reply): reply.resume(returning: false)
                case .reload(_, _, let reply): reply.resume(throwing: CancellationError())
                case .finish(_, let reply), .leave(_, let reply): reply.resume()
                }
            }
            guard !calls.isEmpty, clock.now().monotonic < deadline else { return results }
            heartbeats.beat(.polling)
            await inbox.wait(until: deadline)
        }
    }

    private func ask(_ order: PollOrder) async {
        let outcome = await plan.poller.poll(order)
        let at = clock.now()
        if let notice = clockOffset.takeNotice() { announcer.report(notice) }
        inbox.post(.result(PollResult(order, outcome: outcome, at: at)))
    }

    private func adopt(
        _ plan: PollPlan, _ prepare: @escaping ReloadPreparation,
        _ reply: CheckedContinuation<[TargetRecord], any Error>
    ) async {
        await settleFailures(because: "the task was taken out of the config") { !plan.settings.watches($0) }
        do {
            let prepared = try await driver.adopt(
                plan.settings, within: plan.held, routes: plan.routes, prepare: prepare)
            self.plan = plan
            answers.keep(plan.settings.scopes)
            plan.takeEffect()
            reply.resume(returning: prepared)
        } catch {
            reply.resume(throwing: error)
        }
    }

    /// Answers those whose messages came when the loop was about to end.
    private func refuse(_ messages: [Message]) {
        for message in messages {
            switch message {
            case .reload(_, _, let reply): reply.resume(throwing: CancellationError())
            case .pollNow(_, let reply): reply.resume(returning: false)
            case .finish(_, let reply), .leave(_, let reply): reply.resume()
            case .result, .stop: break
            }
        }
        for entry in finishing { entry.reply.resume() }
        finishing = []
    }
}
