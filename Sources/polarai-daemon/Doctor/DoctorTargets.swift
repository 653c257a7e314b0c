import Alerts
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// What `doctor` learns of targets without a message: whether their secrets can be read, a message can be made, the
/// server can be reached, and whether the daemon has suspended them.
struct DoctorTargets {
    let http: ObservingClient
    let read: SecretReader
    /// By name.
    let suspended: [String: SuspendedTarget]

    func look(at target: TargetSettings) async -> [DoctorFinding] {
        var findings = [await check(target)]
        if let suspension = suspended[target.name] {
            findings.append(
                .fault(
                    "target \(target.name)",
                    "\(suspension.words(TimeStyle(isUTC: false))); once it is fixed, run: polarai-daemon test-alert "
                        + target.name))
        }
        return findings
    }

    private func check(_ target: TargetSettings) async -> DoctorFinding {
        let subject = "target \(target.name) (\(target.kind.rawValue))"
        guard target.kind != .systemd else { return .good(subject, "the journal and STATUS of this service") }
        let now = SystemClock().now().wall
        let sender = Sender(client: http, read: read, now: { now })
        do throws(TargetProblem) {
            _ = try sender.dryRun(.alert(TestAlert.event(.failed, for: target, at: now)), to: target)
        } catch {
            return .fault(subject, error.reason)
        }
        var reached: [String] = []
        for secret in target.urls {
            do {
                let origin = URLText.origin(of: try read(secret).trimmed)
                // Only the front door: what lies behind the path would take it for a message.
                _ = try await http.send(
                    HTTPRequest(
                        method: .get, url: origin + "/",
                        connection: try ConnectionOptions(target.connection, read: read)))
                reached.append(origin)
            } catch {
                return .fault(subject, "\(error)")
            }
        }
        return .good(
            subject,
            "\(reached.joined(separator: ", ")) answers; to see whether it accepts a message, run: polarai-daemon "
                + "test-alert \(target.name)")
    }
}
