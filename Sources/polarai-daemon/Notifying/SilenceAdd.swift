import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// `polarai-daemon silence add`.
struct SilenceAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a silence, which holds matching alerts, and print its id.",
        discussion: """
            Alerts that match are held. When the silence ends, each target gets what was held for it in one message; \
            what is over by then, such as a stall that has ended, is not sent. If an option is repeated, one of \
            its values must match; if several options are given, all of them must match. Polling, history and the journal continue as usual.
            """)

    @Option(help: "Only this task: an id, a name, or a glob such as 'night*'. May be repeated.")
    var cluster: [String] = []

    @Option(help: ArgumentHelp("Only tasks with this label. May be repeated.", valueName: "key=value"))
    var label: [String] = []

    @Option(help: "Only this event. May be repeated.")
    var event: [EventKind] = []

    @Option(help: "Only alerts for this target. May be repeated.")
    var target: [String] = []

    @Flag(help: "All alerts.")
    var all = false

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, for example 8h or 2d.", valueName: "duration"))
    var length: String?

    @Option(help: ArgumentHelp("The end, for example 2026-12-01T08:00:00+08:00.", valueName: "time"))
    var until: String?

    @Option(help: "Why: it is shown with what was held.")
    var comment: String

    @Option(help: "Who adds it. (default: the user who is logged in)")
    var by: String?

    @Flag(help: "Suppress matching alerts instead of holding them: they are never sent.")
    var drop = false

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        let order = try order()
        do throws(OrderMistake) {
            // Whether the end is still to come is for the database's clock to say, which is not known yet.
            _ = try order.checked(knownTargets: nil, at: nil)
        } catch {
            throw ValidationError(error.message)
        }
    }

    private func order() throws -> SilenceOrder {
        SilenceOrder(
            clusters: cluster, labels: label, events: event.map(\.rawValue), targets: target, all: all,
            until: try end(), comment: comment, author: by ?? LoginName.current, drops: drop)
    }

    private func end() throws -> Timestamp {
        switch (length, until) {
        case (let length?, nil):
            // As long as journalctl's times are written, and no others.
            guard length.first?.isNumber == true, !length.hasSuffix("ago"), let end = TimeArgument("+\(length)") else {
                throw ValidationError("--for \(length) is not a duration; write one such as 30m, 8h or 2d.")
            }
            return end.time
        case (nil, let until?):
            guard let end = Timestamp(rfc3339: until) else {
                throw ValidationError(
                    "--until \(until) is not a time with its zone; write one such as 2026-12-01T08:00:00+08:00.")
            }
            return end
        case (nil, nil): throw ValidationError("Set the end of the silence with --for or --until.")
        case (_?, _?): throw ValidationError("--for and --until cannot be combined; use one of them.")
        }
    }

    func run() async throws {
        try? database.followClock()
        let order = try order()
        do throws(OrderMistake) {
            _ = try order.checked(knownTargets: nil, at: TimeArgument.now)
        } catch {
            throw CommandFailure(error)
        }
        let change = OperatorChange(database: database)
        let (id, until) = try await change.run { daemon in
            let answer = try await ControlClient.change(.post, "/v1/silences", Self.body(order), by: daemon)
            guard case .integer(let id)? = answer["id"] else {
                throw CommandFailure.notUnderstood
            }
            return (id, answer.time("ends_at") ?? order.until)
        } write: { store, now in
            let silence = try store.addSilence(order, knownTargets: change.knownTargets, at: now)
            return (silence.id, silence.endsAt)
        }
        try StandardOutput.show("\(id)\n")
        // A silence with a slip of the pen in it would hold nothing, and nobody would know before the night.
        if !cluster.isEmpty { try? HistoryReader(at: database.address()).noteUnknown(cluster) }
        let held = drop ? "Alerts that match are suppressed (never sent)" : "Alerts that match are held"
        StandardError.write(
            "\(held) until \(TimeStyle(isUTC: false).text(until)). To end it earlier: polarai-daemon silence end \(id)")
    }

    private static func body(_ order: SilenceOrder) -> JSONValue {
        .object([
            "matchers": .object([
                "cluster": .strings(order.clusters), "label": .strings(order.labels),
                "event": .strings(order.events), "target": .strings(order.targets),
            ]),
            "all": .bool(order.all), "until": .string(order.until.rfc3339), "comment": .string(order.comment),
            "by": .string(order.author), "drop": .bool(order.drops),
        ])
    }
}

extension EventStore {
    /// Begins a silence as it was ordered.
    ///
    /// - Throws: `CommandFailure` for an order that is wrong, `StoreError`.
    fileprivate func addSilence(
        _ order: SilenceOrder, knownTargets: Set<String>?, at now: Timestamp
    ) throws -> Silence {
        let checked: (matchers: SilenceMatchers, comment: String, author: String)
        do throws(OrderMistake) {
            checked = try order.checked(knownTargets: knownTargets, at: now)
        } catch {
            throw CommandFailure(error)
        }
        return try addSilence(
            checked.matchers, until: order.until, comment: checked.comment, author: checked.author,
            drops: order.drops, at: now)
    }
}
