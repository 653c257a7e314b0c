import Foundation

/// Whether a process is gone, or waits for its parent to collect its status.
package func hasEnded(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
    return status.contains(") Z ")
}
