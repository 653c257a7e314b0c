import Model
import PolarDB

/// What is asked to learn whether it may be asked.
enum DoctorAction {
    case attribute(ClusterID)
    case metrics(ClusterID)
    case logs(ClusterID)

    var name: String {
        switch self {
        case .attribute: "DescribeAIDBClusterTaskAttribute"
        case .metrics: "DescribeAIDBClusterTaskMetrics"
        case .logs: "DescribeAIDBClusterTaskLogFiles"
        }
    }

    var subject: String {
        switch self {
        case .attribute(let id), .metrics(let id), .logs(let id): id.rawValue
        }
    }

    func parameters(at now: Timestamp) -> [QueryParameter] {
        switch self {
        case .attribute(let id):
            return [QueryParameter("DBClusterId", id.rawValue), QueryParameter("DescribeType", "RelatedAITask")]
        case .metrics(let id):
            return lastMinute(of: id, now) + [QueryParameter("MetricType", "all")]
        case .logs(let id):
            return lastMinute(of: id, now) + [QueryParameter("LogType", "sls")]
        }
    }

    private func lastMinute(of id: ClusterID, _ now: Timestamp) -> [QueryParameter] {
        [
            QueryParameter("DBClusterId", id.rawValue),
            QueryParameter("StartTime", now.advanced(by: .seconds(-60)).acsDate),
            QueryParameter("EndTime", now.acsDate), QueryParameter("PageNumber", "1"), QueryParameter("PageSize", "30"),
        ]
    }
}
