import HTTPTransport
import Model
import Synchronization

/// How far the receivers' clocks are from this host's, learned from the `Date` of their answers.
///
/// A receiver checks the time of a signature by its own clock: if this host's clock is wrong, only the receiver's helps.
/// One for the whole process: what was learned outlives a reload.
package final class ReceiverClocks: Sendable {
    /// By target. As many as the configs of this process had targets.
    private let offsets = Mutex<[String: Duration]>([:])

    /// A receiver whose clock is further away is not believed: a signature must not be made good for another month.
    private static let bound = Duration.seconds(31 * 86_400)
    /// `Date` is in whole seconds and takes its time to arrive; nearer than this the clocks agree.
    static let tolerance = Duration.seconds(30)

    package init() {}

    /// What to add to this host's time for the target's signatures; nil if it is not known.
    func offset(of target: String) -> Duration? {
        offsets.withLock { $0[target] }
    }

    /// - Parameter isAuthentic: the answer came over TLS or from this host; another one might come from anybody, who
    ///   could have signatures made for a time of his choice.
    func learn(from answer: Answer, of target: String, isAuthentic: Bool) {
        guard isAuthentic, let date = answer.date else { return }
        let offset = date.since(answer.receivedAt)
        guard offset.magnitude <= Self.bound else { return }
        offsets.withLock { $0[target] = offset.magnitude <= Self.tolerance ? .zero : offset }
    }
}

extension TargetRequest {
    /// Whether nobody between this host and the receiver can have written the answer.
    var isAuthentic: Bool {
        let (scheme, rest) = url.halves(at: "://")
        guard scheme.lowercased() == "http" else { return true }
        let host = (rest ?? "").halves(at: "/").0.lowercased()
        return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }
}
