import Model
import Reports
import Store

extension SuspendedTarget {
    /// `is suspended since …, next probe …: reason`.
    func words(_ style: TimeStyle) -> String {
        var words = "has been suspended since \(style.text(since))"
        if let probeAt { words += ", next probe at \(style.text(probeAt))" }
        if let reason { words += ": \(reason)" }
        return words
    }
}
