import HTTPTransport
package import Model

extension PolarDBClient {
    /// Asks for the newest steps that a training wrote down: DescribeAIDBClusterTaskMetrics.
    ///
    /// - Parameters:
    ///   - since: nothing older is asked for, to the second; nil is long ago.
    ///   - reach: nor anything further back from now than this.
    package func readProgress(
        of id: ClusterID, since: Timestamp?, reach: Duration
    ) async -> Result<ProgressReading, PollFailure> {
        let action = "DescribeAIDBClusterTaskMetrics"
        // By the servers' clock. The hosts that write steps may be a little ahead of it.
        let now = clock.serverTime(hostTime)
        let earliest = now.advanced(by: .zero - reach)
        let start = max(since ?? earliest, earliest)
        let end = max(now, start.advanced(by: .seconds(1)))
        do {
            let answer = try await call(
                action, subject: id.rawValue,
                [
                    QueryParameter("DBClusterId", id.rawValue), QueryParameter("StartTime", start.acsDate),
                    QueryParameter("EndTime", end.acsDate), QueryParameter("MetricType", "all"),
                    QueryParameter("Reverse", "true"), QueryParameter("PageNumber", "1"),
                    QueryParameter("PageSize", "\(MetricsAnswer.pageSize)"),
                ])
            guard var metrics = MetricsAnswer(answer.members), metrics.id.map({ $0 == id }) ?? true else {
                return .failure(
                    PollFailure(
                        reason: .malformed, httpStatus: 200,
                        message:
                            "\(endpoint) answered \(action) for \(id) with no metrics of that task; if this lasts, "
                            + "check endpoint and proxy",
                        requestID: answer.requestID))
            }
            metrics.reading.answeredAt = answer.headers.date
            return .success(metrics.reading)
        } catch {
            return .failure(error)
        }
    }
}
