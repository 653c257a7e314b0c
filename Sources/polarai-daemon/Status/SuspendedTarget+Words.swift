import Model
import Reports
import Store

extension SuspendedTarget {
    /// `has been suspended since …; the next probe is at …. Reason: …`.
    func words(_ style: TimeStyle, now: Timestamp) -> String {
        var words = "has been suspended since \(style.text(since))"
        if let probeAt {
            words +=
                probeAt > now
                ? "; the next probe is at \(style.text(probeAt))"
                : "; the next alert to it is sent as a probe (a trial)"
        }
        if let reason { words += ". Reason: \(reason)" }
        return words
    }
}
