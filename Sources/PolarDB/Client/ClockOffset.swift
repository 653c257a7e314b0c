package import Model
import Synchronization

/// How far the servers' clock is from this host's, learnt when they refuse a request for its time.
///
/// It is the host's clock that is off, not a server's: one for the whole process, whatever the number of accounts.
package final class ClockOffset: Sendable {
    private struct State {
        var offset = Duration.zero
        var notice: ClockNotice?
        /// By the `Date` of answers, and when it was last looked at.
        var measured: Duration?
        var measuredAt: Timestamp?
    }

    private let state = Mutex(State())

    /// Requests are not dated by a server that is further away than this from the host's clock.
    package static let bound = Duration.seconds(31 * 86_400)
    /// `Date` gives whole seconds and takes time to arrive; nearer than this the clocks agree.
    private static let tolerance = Duration.seconds(30)

    package init() {}

    package var current: Duration { state.withLock { $0.offset } }

    /// How far the servers' clock is ahead of this host's, by what answers say of their time; zero while they agree.
    package var measured: Duration { state.withLock { $0.measured ?? $0.offset } }

    /// `Date` is read that often: a poll must stay cheap.
    private static let measuringInterval = Duration.seconds(5)

    /// Records the time that an answer gives. What requests are dated by changes only if they are refused.
    ///
    /// - Parameters:
    ///   - sentAt: when the request was sent, by this host's clock.
    ///   - receivedAt: when its answer was here, by the same clock.
    ///   - serverTime: reads the answer's `Date`.
    package func observe(sentAt: Timestamp, receivedAt: Timestamp, serverTime: () -> Timestamp?) {
        let isDue = state.withLock { state in
            if let last = state.measuredAt, last <= receivedAt, receivedAt.since(last) < Self.measuringInterval {
                return false
            }
            state.measuredAt = receivedAt
            return true
        }
        guard isDue, let time = serverTime() else { return }
        // Within the second that `Date` names, and on average half of the way.
        let measured = time.advanced(by: .milliseconds(500)).since(sentAt.advanced(by: receivedAt.since(sentAt) / 2))
        state.withLock { $0.measured = Self.differ(measured, .zero) ? measured : .zero }
    }

    /// The time as the servers see it.
    package func serverTime(_ hostTime: Timestamp) -> Timestamp {
        hostTime.advanced(by: current)
    }

    /// Takes the server's time of a refusal.
    ///
    /// - Parameter used: the offset by which the request was dated; nil is the current one. Of several that were refused at
    ///   once only the first finds something new, and all of them may try again.
    /// - Returns: whether the offset is another now, so that another try makes sense.
    package func learn(serverTime: Timestamp?, hostTime: Timestamp, used: Duration? = nil) -> Bool {
        guard let serverTime else { return false }
        let measured = serverTime.since(hostTime)
        let distance = measured < .zero ? .zero - measured : measured
        guard distance <= Self.bound else { return false }
        return state.withLock { state in
            let learnt = distance <= Self.tolerance ? .zero : measured
            let used = used ?? state.offset
            guard Self.differ(learnt, state.offset) else { return Self.differ(state.offset, used) }
            state.offset = learnt
            if learnt == .zero {
                state.notice = .right
            } else {
                let amount = DurationText.write(.seconds(distance.components.seconds))
                state.notice = .off(
                    "this host's clock is \(amount) \(measured < .zero ? "ahead of" : "behind") "
                        + "Alibaba Cloud's. Requests still work, because they use Alibaba Cloud's time; set the clock "
                        + "(timedatectl set-ntp true)")
            }
            return Self.differ(state.offset, used)
        }
    }

    private static func differ(_ one: Duration, _ other: Duration) -> Bool {
        let difference = one - other
        return (difference < .zero ? .zero - difference : difference) > tolerance
    }

    /// What an operator is to hear: once for each amount.
    package func takeNotice() -> ClockNotice? {
        state.withLock { state in
            defer { state.notice = nil }
            return state.notice
        }
    }
}

/// News of the host's clock.
package enum ClockNotice: Hashable, Sendable {
    /// A newly found offset, or one that is another now, and what to do.
    case off(String)
    /// There was an offset, and there is none any more.
    case right
}
