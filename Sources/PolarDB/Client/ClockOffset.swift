import Foundation
package import Model

/// How far the servers' clock is from this host's, learnt when they refuse a request for its time.
///
/// It is the host's clock that is off, not a server's: one for the whole process, whatever the number of accounts.
///
/// Unchecked: everything mutable is touched under `lock` only.
package final class ClockOffset: @unchecked Sendable {
    private let lock = NSLock()
    private var offset = Duration.zero
    private var notice: ClockNotice?
    private var hasWarned = false

    /// A server that is further away than this from the host's clock is not believed.
    package static let bound = Duration.seconds(31 * 86_400)
    /// `Date` tells whole seconds and travels; nearer than this the clocks agree.
    private static let tolerance = Duration.seconds(30)

    package init() {}

    package var current: Duration { lock.withLock { offset } }

    /// The time as the servers see it.
    package func serverTime(_ hostTime: Timestamp) -> Timestamp {
        hostTime.advanced(by: current)
    }

    /// Takes the server's time of a refusal.
    ///
    /// - Returns: whether the offset changed, so that another try makes sense.
    package func learn(serverTime: Timestamp?, hostTime: Timestamp) -> Bool {
        guard let serverTime else { return false }
        let measured = serverTime.since(hostTime)
        let distance = measured < .zero ? .zero - measured : measured
        guard distance <= Self.bound else { return false }
        return lock.withLock {
            let learnt = distance <= Self.tolerance ? .zero : measured
            let change = learnt - offset
            guard (change < .zero ? .zero - change : change) > Self.tolerance else { return false }
            offset = learnt
            if learnt == .zero {
                notice = hasWarned ? .right : nil
                hasWarned = false
            } else if !hasWarned {
                hasWarned = true
                notice = .off(
                    "this host's clock is \(DurationText.write(distance)) \(measured < .zero ? "ahead of" : "behind") "
                        + "Alibaba Cloud's; requests are dated by theirs; set the clock (timedatectl set-ntp true)")
            }
            return true
        }
    }

    /// What an operator is to hear, once.
    package func takeNotice() -> ClockNotice? {
        lock.withLock {
            defer { notice = nil }
            return notice
        }
    }
}

/// News of the host's clock.
package enum ClockNotice: Hashable, Sendable {
    /// A newly found offset, and what to do.
    case off(String)
    /// There was an offset, and there is none any more.
    case right
}
