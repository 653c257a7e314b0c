import Model

/// What an HTTP status means if the service has no rule of its own.
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
                "the answer is a redirect (\(status)), which is never followed; set `url` to the final address")
        case 401, 403:
            // A signature is refused like a wrong key if its time is off.
            return answer.verdict(
                .targetBroken,
                "authentication failed (\(status)); check the token, key or secret, and whether this host is allowed to post"
                    + (ClockSkew.words(answer).map { "; \($0)" } ?? ""))
        case 404, 410:
            return answer.verdict(
                .targetBroken, "the address does not exist (\(status)); check `url`, or create a new webhook")
        case 405:
            return answer.verdict(.targetBroken, "this address does not accept POST (405); check `url`")
        case 407:
            return answer.verdict(.targetBroken, "the proxy requires a login (407); check `proxy`")
        case 408, 425:
            return answer.verdict(
                .tryAgain(retryAfter: answer.retryAfter), "the server did not read the request in time (\(status))")
        case 413:
            return answer.verdict(
                .messageRefused,
                "the message is larger than this receiver accepts (413); raise its request size limit, or "
                    + "shorten `template` if the target has one")
        case 429:
            return answer.verdict(.throttled(retryAfter: answer.retryAfter), "rate limited (429)")
        case 400..<500:
            return answer.verdict(
                .messageRefused,
                "the message was rejected (\(status)); check `template` if the target has one, else see the receiver's own log"
            )
        case 500..<600:
            return answer.verdict(.tryAgain(retryAfter: answer.retryAfter), "server error (\(status))")
        default:
            return answer.verdict(.tryAgain(retryAfter: nil), "unexpected status \(status)")
        }
    }

    /// For a 2xx that lacks what the service says when it has accepted a message.
    static func unproven(_ answer: Answer, expected: String) -> Verdict {
        answer.verdict(
            .tryAgain(retryAfter: answer.retryAfter),
            "the answer (status \(answer.status)) does not confirm receipt: it lacks \(expected), so the message may not have "
                + "arrived. Check that `url` leads to the service, not to a proxy or a login page")
    }
}
