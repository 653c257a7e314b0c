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
                ? "; the next probe is at \(style.text(probeAt))" : "; its next alert is the next probe"
        }
        if let reason { words += ". Reason: \(reason)" }
        return words
    }
}
