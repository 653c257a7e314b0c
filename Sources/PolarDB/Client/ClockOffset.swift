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
    /// - Parameter used: the offset by which the request was dated; nil is the current one. Of several that were refused at
    ///   once only the first finds something new, and all of them may try again.
    /// - Returns: whether the offset is another now, so that another try makes sense.
    package func learn(serverTime: Timestamp?, hostTime: Timestamp, used: Duration? = nil) -> Bool {
        guard let serverTime else { return false }
        let measured = serverTime.since(hostTime)
        let distance = measured < .zero ? .zero - measured : measured
        guard distance <= Self.bound else { return false }
        return lock.withLock {
            let learnt = distance <= Self.tolerance ? .zero : measured
            let used = used ?? offset
            guard Self.differ(learnt, offset) else { return Self.differ(offset, used) }
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
            return Self.differ(offset, used)
        }
    }

    private static func differ(_ one: Duration, _ other: Duration) -> Bool {
        let difference = one - other
        return (difference < .zero ? .zero - difference : difference) > tolerance
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
