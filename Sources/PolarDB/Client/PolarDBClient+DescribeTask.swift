import HTTPTransport
package import Model

extension PolarDBClient {
    /// Asks for one task: DescribeAIDBClusterTaskAttribute.
    ///
    /// A good answer is one with status 200 that names the task asked for and its status; all else is a failure, so that
    /// nothing a proxy or a broken server says can become a transition.
    ///
    /// - Parameter known: of the last good answer for this task; an answer that says the same is not decoded.
    package func describeTask(_ id: ClusterID, known: BodyDigest?) async -> PollOutcome {
        let reply: APIReply
        do {
            reply = try await exchange(
                "DescribeAIDBClusterTaskAttribute", subject: id.rawValue,
                [QueryParameter("DBClusterId", id.rawValue), QueryParameter("DescribeType", "RelatedAITask")],
                known: known)
        } catch {
            return .failure(error)
        }
        if reply.isUnchanged { return .unchanged(requestID: reply.requestID) }
        guard let members = reply.members else {
            return .failure(malformed("DescribeAIDBClusterTaskAttribute", id.rawValue, reply))
        }
        let answer = TaskAnswer(members)
        let fault: String
        switch (answer.id, answer.status) {
        case (id?, let status?):
            var observation = Observation(
                status: status, facts: answer.facts, requestID: answer.requestID, body: reply.response.body,
                digest: reply.digest)
            observation.answeredAt = reply.response.headers.date
            observation.unreadTimes = answer.unreadTimes
            return .answer(observation)
        case (nil, nil): fault = "neither an id nor a status"
        case (nil, _): fault = "no id"
        case (let other?, _) where other != id:
            fault = "an answer for \(SafeText.line(other.rawValue, maximumBytes: 64))"
        default:
            fault =
                members["DBClusterStatus"].map(\.isNull) ?? true
                ? "no status"
                : "a status that is not a string of 1 to \(ClusterStatus.longest) visible characters"
        }
        return .failure(
            PollFailure(
                reason: .malformed, httpStatus: reply.response.status,
                message:
                    "\(endpoint) answered the call for \(id) in \(region) with \(fault); "
                    + (answer.id == id ? "if this lasts, check endpoint and proxy" : "check the id and its region"),
                requestID: answer.requestID))
    }
}
