import Model
import Reports
import Store

extension SuspendedTarget {
    /// `has been suspended since …, next probe at …: reason`.
    func words(_ style: TimeStyle, now: Timestamp) -> String {
        var words = "has been suspended since \(style.text(since))"
        if let probeAt {
            words += probeAt > now ? ", next probe at \(style.text(probeAt))" : ", tried again with its next alert"
        }
        if let reason { words += ": \(reason)" }
        return words
    }
}
