import Model

/// What an HTTP status means where the service has no rule of its own.
enum StatusRules {
    /// - Returns: nil for 2xx, which only the service's own proof can judge.
    static func verdict(for answer: Answer) -> Verdict? {
        let status = answer.status
        switch status {
        case 200..<300:
            return nil
        case 300..<400:
            return answer.verdict(
                .targetBroken,
                "it answers with a redirect (\(status)), which is never followed; set `url` to the final address")
        case 401, 403:
            return answer.verdict(
                .targetBroken,
                "it refuses us (\(status)); check the token, key or secret, and who may post from this host")
        case 404, 410:
            return answer.verdict(
                .targetBroken, "there is no such address (\(status)); check `url`, or make a new one there")
        case 405:
            return answer.verdict(.targetBroken, "this address takes no POST (405); check `url`")
        case 407:
            return answer.verdict(.targetBroken, "the proxy wants a login (407); check `proxy`")
        case 408, 425:
            return answer.verdict(
                .tryAgain(retryAfter: answer.retryAfter), "it was not ready for the request (\(status))")
        case 429:
            return answer.verdict(.throttled(retryAfter: answer.retryAfter), "it takes no more messages for now (429)")
        case 400..<500:
            return answer.verdict(.messageRefused, "it refuses the message (\(status))")
        case 500..<600:
            return answer.verdict(.tryAgain(retryAfter: answer.retryAfter), "the server failed (\(status))")
        default:
            return answer.verdict(.tryAgain(retryAfter: nil), "its status \(status) has no meaning here")
        }
    }

    /// For a 2xx that lacks what the service says when it has taken a message.
    static func unproven(_ answer: Answer, expected: String) -> Verdict {
        answer.verdict(
            .tryAgain(retryAfter: answer.retryAfter),
            "it answered \(answer.status) without \(expected), so nothing proves that the message arrived; check that "
                + "`url` is the service's own and not a proxy's or a login page's")
    }
}
