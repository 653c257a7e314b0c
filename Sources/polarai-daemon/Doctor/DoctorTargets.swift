import Alerts
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// What `doctor` learns of targets without a message: whether their secrets can be read, a message can be made, the
/// server can be reached, and whether the daemon has suspended them.
struct DoctorTargets {
    var registry = TargetRegistry.builtIn
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
                    "\(suspension.words(TimeStyle(isUTC: false), now: TimeArgument.now)); once it is fixed, run: polarai-daemon test-alert "
                        + target.name))
        }
        return findings
    }

    private func check(_ target: TargetSettings) async -> DoctorFinding {
        let subject = "target \(target.name) (\(target.kind.rawValue))"
        guard target.kind != .systemd else { return .good(subject, "the journal and STATUS of this service") }
        if target.kind == .command { return await checkRunner(of: target, subject) }
        let now = SystemClock().now().wall
        let sender = Sender(registry, client: http, read: read, now: { now })
        do throws(TargetProblem) {
            _ = try sender.dryRun(.alert(TestAlert.event(.failed, for: target, at: now)), to: target)
        } catch {
            return .fault(subject, error.reason)
        }
        guard target.kind == .email else { return await reach(target, subject) }
        let login = target.options.mail.username == nil ? "" : " and takes the login"
        return await sender.checkMailServer(target).map { .fault(subject, $0) }
            ?? .good(
                subject,
                "the mail server answers\(login); to see whether it accepts a mail, run: polarai-daemon test-alert "
                    + target.name)
    }

    /// The hooks runner says which hooks it knows.
    private func checkRunner(of target: TargetSettings, _ subject: String) async -> DoctorFinding {
        let options = target.options.hook
        let request = HTTPRequest(
            method: .get, url: "http://localhost/v1/hooks",
            connection: ConnectionOptions(proxy: .none, unixSocket: options.socket))
        do throws(TransportError) {
            let response = try await http.send(request)
            let known = try? JSONValue(parsing: response.body)["hooks"]?.arrayValue?.compactMap(\.stringValue)
            guard let known else {
                return .fault(subject, "the program that listens on \(options.socket) is not a hooks runner")
            }
            return known.contains(options.name)
                ? .good(subject, "the hooks runner answers and knows the hook \(options.name)")
                : .fault(
                    subject,
                    "the hooks runner does not know the hook \(options.name); after a change of `hooks`, run `systemctl "
                        + "restart polarai-hooks`")
        } catch {
            return .fault(
                subject,
                "no hooks runner answers at \(options.socket), or this user may not ask it; run doctor as root or as the user "
                    + "polarai, or start the runner with `systemctl enable --now polarai-hooks.socket`")
        }
    }

    private func reach(_ target: TargetSettings, _ subject: String) async -> DoctorFinding {
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
