import HTTPTransport
package import Model

extension PolarDBClient {
    /// Asks for one page of the tasks of a parent instance: DescribeAIDBClusterTasks.
    ///
    /// An instance that does not exist has no tasks; that is not a failure.
    ///
    /// - Parameters:
    ///   - instance: `pc-…`.
    ///   - page: counted from 1.
    package func listTasks(of instance: String, page: Int) async -> Result<TaskListPage, PollFailure> {
        let action = "DescribeAIDBClusterTasks"
        do {
            let answer = try await call(
                action, subject: instance,
                [
                    QueryParameter("RelativeDBClusterId", instance), QueryParameter("KubeType", "aitrain"),
                    QueryParameter("PageNumber", "\(page)"), QueryParameter("PageSize", "\(TaskListPage.size)"),
                ])
            guard var list = TaskListAnswer(answer.members) else {
                return .failure(
                    PollFailure(
                        reason: .malformed, httpStatus: 200,
                        message:
                            "\(endpoint) answered \(action) for \(instance) with no list of tasks; if this lasts, "
                            + "check endpoint and proxy",
                        requestID: answer.requestID))
            }
            if let other = list.instance, other != instance {
                return .failure(
                    PollFailure(
                        reason: .malformed, httpStatus: 200,
                        message:
                            "\(endpoint) answered \(action) for \(instance) with the tasks of \(other.cut(bytes: 64)); "
                            + "if this lasts, check endpoint and proxy",
                        requestID: answer.requestID))
            }
            list.page.answeredAt = answer.headers.date
            return .success(list.page)
        } catch {
            return .failure(error)
        }
    }
}
