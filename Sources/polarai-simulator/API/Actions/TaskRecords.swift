import Model

/// The answers of DescribeAIDBClusterTaskMetrics and DescribeAIDBClusterTaskLogFiles: what was written down within a
/// time, page by page.
enum TaskRecords {
    static let metricsAction = "DescribeAIDBClusterTaskMetrics"
    static let logsAction = "DescribeAIDBClusterTaskLogFiles"

    static func metrics(_ call: Call, _ task: SimulatedTask, requestID: String) throws(GatewayError) -> [String:
        JSONValue]
    {
        let (from, to) = try times(call)
        let kind = call.parameter("MetricType") ?? "all"
        guard ["all", "train", "eval"].contains(kind) else { throw invalid("MetricType") }
        let steps = TaskProgress(task, now: call.at).steps(from: from, to: to)
        var items: [JSONValue] = []
        for step in steps {
            if kind != "eval" { items.append(item(step, kind: "train")) }
            if kind != "train", step.number.isMultiple(of: 10) { items.append(item(step, kind: "eval")) }
        }
        return try page(items, call, name: "SlsMetricsItems", task: task, requestID: requestID)
    }

    static func logs(_ call: Call, _ task: SimulatedTask, requestID: String) throws(GatewayError) -> [String: JSONValue]
    {
        let (from, to) = try times(call)
        guard let kind = call.parameter("LogType") else { throw .missing("LogType") }
        guard kind == "sls" else { throw invalid("LogType") }
        let items = TaskProgress(task, now: call.at).lines(from: from, to: to).map { line -> JSONValue in
            .object([
                "LogTime": .string(nanoseconds(line.at)), "Message": .string(line.text),
                "Timestamp": .string("\(line.at.seconds)"),
            ])
        }
        return try page(items, call, name: "SlsLogItems", task: task, requestID: requestID)
    }

    private static func item(_ step: TaskProgress.Step, kind: String) -> JSONValue {
        let loss = TaskProgress.loss(step)
        // Values come as numbers and as texts.
        let metric: [String: JSONValue] =
            kind == "train"
            ? ["loss": .number(loss), "learning_rate": "1e-6", "memory(GiB)": "12.3", "grad_norm": .number(0.5)]
            : ["eval_loss": .number((1000 * loss * 1.1).rounded() / 1000), "eval_runtime": "3.2"]
        return .object([
            "CurrentStep": .integer(Int64(step.number)), "GlobalStep": .integer(Int64(step.total)),
            "Epoch": .number(step.epoch), "LogTime": .string(nanoseconds(step.at)), "Metric": .object(metric),
            "MetricType": .string(kind), "Timestamp": .string("\(step.at.seconds)"),
        ])
    }

    private static func page(
        _ items: [JSONValue], _ call: Call, name: String, task: SimulatedTask, requestID: String
    ) throws(GatewayError) -> [String: JSONValue] {
        let page = try Page(call, standard: 100, sizes: [30, 50, 100])
        let ordered = call.parameter("Reverse")?.lowercased() == "true" ? items.reversed() : items
        return [
            "RequestId": .string(requestID), "DBClusterId": .string(task.id),
            "RelativeDbClusterId": .string(task.script.instance ?? ""),
            "PageNumber": .integer(Int64(page.number)), "PageSize": .integer(Int64(page.size)),
            "PageRecordCount": .integer(Int64(items.count)), "Items": .object([name: .array(page.cut(ordered))]),
        ]
    }

    private static func times(_ call: Call) throws(GatewayError) -> (Timestamp, Timestamp) {
        func time(_ name: String) throws(GatewayError) -> Timestamp {
            guard let text = call.parameter(name) else { throw .missing(name) }
            guard text.utf8.count == 20, text.hasSuffix("Z"), let time = Timestamp(rfc3339: text) else {
                throw invalid(name)
            }
            return time
        }
        let from = try time("StartTime")
        // The last second as a whole.
        let to = try time("EndTime").advanced(by: .milliseconds(999))
        guard from <= to else { throw invalid("EndTime") }
        return (from, to)
    }

    private static func invalid(_ name: String) -> GatewayError {
        GatewayError(400, "InvalidParameter", "The specified \(name) is not valid.")
    }

    /// With nine digits of a fraction, as the log service writes them.
    private static func nanoseconds(_ time: Timestamp) -> String {
        String(time.rfc3339.dropLast()) + "000000Z"
    }
}
