import HTTPTransport
package import Model
import Systemd

/// Sends one of `heartbeats` for as long as all is well. Not through the outbox: a late heartbeat would be a lie.
package struct HeartbeatSender: Sendable {
    /// In the config: `heartbeats[0]`.
    package let name: String
    private let settings: HeartbeatSettings
    private let health: ServiceHealth
    private let parts: HeartbeatParts

    package init(name: String, settings: HeartbeatSettings, health: ServiceHealth, parts: HeartbeatParts) {
        self.name = name
        self.settings = settings
        self.health = health
        self.parts = parts
    }

    /// Runs until the task is cancelled.
    package func run() async {
        var plan = HeartbeatPlan(every: settings.every, at: parts.clock.now().monotonic)
        var isWithheld = false
        var isRefused = false
        while !Task.isCancelled {
            let trouble = await health.trouble(within: settings.every)
            guard !Task.isCancelled else { return }
            switch plan.act(on: trouble, at: parts.clock.now().monotonic) {
            case .beat:
                if isWithheld { write("Heartbeat \(name) has resumed.", .notice) }
                isWithheld = false
                let status = parts.announcer.statusText
                await send(&isRefused) { [answers = parts.answers, settings] url, timeout in
                    HeartbeatRequest.beat(
                        settings.kind, url: url, status: status, roundTrip: answers.roundTrip, timeout: timeout)
                }
            case .fail(let reason):
                isWithheld = true
                write(
                    "Heartbeat \(name) is paused: \(reason.withoutFullStop). It resumes when this is over. To find the cause, "
                        + "run `polarai-daemon doctor`.", .warning)
                await send(&isRefused) { [settings] url, timeout in
                    HeartbeatRequest.failure(settings.kind, url: url, reason: reason, timeout: timeout)
                }
            case .nothing: break
            }
            let wait = plan.due.since(parts.clock.now().monotonic)
            if wait > .zero { try? await Task.sleep(for: wait) }
        }
    }

    /// Sends a request, and once more if no answer came. Whether it fails is logged when that changes.
    private func send(_ isRefused: inout Bool, _ make: (String, Duration) -> HTTPRequest?) async {
        let timeout = max(.seconds(1), min(settings.every, Self.timeout))
        var failure: String?
        do {
            guard let request = make(try parts.read(settings.url), timeout) else { return }
            failure = await problem(of: request)
            if failure != nil, !Task.isCancelled, settings.every > timeout { failure = await problem(of: request) }
        } catch {
            failure = "its address cannot be read: \(error)"
        }
        guard !Task.isCancelled else { return }
        if let failure, !isRefused {
            write(
                "Heartbeat \(name) could not be sent: \(failure.withoutFullStop). It is tried again every "
                    + "\(DurationText.write(settings.every)); this is logged once.", .warning)
        } else if failure == nil, isRefused {
            write("Heartbeat \(name) is received again.", .notice)
        }
        isRefused = failure != nil
    }

    private static let timeout = Duration.seconds(10)

    /// - Returns: nil if the service took it.
    private func problem(of request: HTTPRequest) async -> String? {
        do throws(TransportError) {
            let answer = try await parts.client.send(request)
            return (200..<300).contains(answer.status)
                ? nil : "\(URLText.origin(of: request.url)) answered \(answer.status)"
        } catch {
            return error.message
        }
    }

    private func write(_ text: String, _ priority: JournalPriority) {
        parts.announcer.write(JournalEntry(text, priority: priority))
    }
}

/// What all heartbeats share.
package struct HeartbeatParts: Sendable {
    let client: any HTTPClient
    let read: SecretReader
    let answers: APIAnswers
    let announcer: Announcer
    let clock: any TimeSource
}
