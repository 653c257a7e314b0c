package import Model

extension PolarDBClient {
    /// Asks for the last lines that a run wrote: DescribeAIDBClusterTaskLogFiles, newest first, one page.
    ///
    /// - Parameters:
    ///   - facts: of the run; its times say where to look.
    /// - Returns: what may be shown of them, oldest first (`LogExcerpt`); empty if the run wrote none.
    package func lastLogLines(of id: ClusterID, _ facts: TaskFacts) async -> Result<[String], PollFailure> {
        let span = TaskLogSpan(facts, now: clock.serverTime(now()))
        do {
            let answer = try await call(
                "DescribeAIDBClusterTaskLogFiles", subject: id.rawValue,
                [
                    QueryParameter("DBClusterId", id.rawValue), QueryParameter("LogType", "sls"),
                    QueryParameter("StartTime", span.start.acsDate), QueryParameter("EndTime", span.end.acsDate),
                    QueryParameter("Reverse", "true"), QueryParameter("PageNumber", "1"),
                    QueryParameter("PageSize", "30"),
                ])
            let key = try? await currentCredentials()
            let secrets = [key?.accessKeySecret, key?.securityToken, key?.accessKeyID].compactMap(\.self)
            return .success(LogExcerpt.make(TaskLogPage(answer.members).messages, hiding: secrets))
        } catch {
            return .failure(error)
        }
    }
}

/// Where the end of a run's log is.
struct TaskLogSpan {
    let start: Timestamp
    let end: Timestamp

    /// How far back is looked: how much a call may span is not documented, and the end is what counts.
    private static let longest = Duration.seconds(86_400)
    /// The last lines are written while a task is already over.
    private static let margin = Duration.seconds(300)

    init(_ facts: TaskFacts, now: Timestamp) {
        let started = facts.startedAt ?? facts.createdAt
        var end = now
        if let completed = facts.completedAt, completed >= started ?? completed {
            end = min(now, completed.advanced(by: Self.margin))
        }
        let earliest = end.advanced(by: .zero - Self.longest)
        // A start after the end is somebody's wrong clock.
        start = started.map { $0 < end ? max($0, earliest) : earliest } ?? earliest
        self.end = end
    }
}

/// `Items.SlsLogItems` of an answer.
struct TaskLogPage {
    /// Oldest first.
    let messages: [String]

    init(_ members: [String: JSONValue]) {
        let items =
            members["Items"]?.objectValue.map { JSONFields($0).objects("SlsLogItems") }
            ?? JSONFields(members).objects("Items")
        let texts = items.map { $0.members["Message"]?.stringValue ?? "" }
        // Newest first was asked for; whoever does not know the parameter answers the other way round.
        let first = items.first?.text("LogTime") ?? ""
        let last = items.last?.text("LogTime") ?? ""
        messages = first < last ? texts : texts.reversed()
    }
}
