import Foundation
import Model

/// The one place that reads the time of day.
enum HostClock {
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
