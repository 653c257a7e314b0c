import HTTPTransport
import Model
import PolarDB

/// Bodies of good answers: of a task, a list, a reading of progress, a log.
enum AnswerFeed {
    static func feed(_ bytes: [UInt8]) async throws {
        var choosing = ChoosingBytes(bytes)
        let call = choosing.choose([0, 1, 2, 3])
        let client = FedAPI.client(body: choosing.bytes)
        switch call {
        case 0: try await task(client)
        case 1:
            let page = await client.listTasks(of: "pc-2ze9examp1e00001", page: 1)
            if case .success(let page) = page {
                try BrokenRule.unless(page.tasks.count <= 10_000, "a list of \(page.tasks.count) tasks")
            }
            try FedAPI.check(page)
        case 2:
            let reading = await client.readProgress(of: FedAPI.cluster, since: FedAPI.now, reach: .zero)
            if case .success(let reading) = reading {
                for point in reading.points {
                    try BrokenRule.unless(point.metrics.count <= 1000, "a point of \(point.metrics.count) metrics")
                }
            }
            try FedAPI.check(reading)
        default:
            let lines = await client.lastLogLines(of: FedAPI.cluster, TaskFacts(startedAt: FedAPI.now))
            if case .success(let lines) = lines {
                try BrokenRule.unless(
                    lines.allSatisfy { !$0.utf8.contains(10) } && lines.count <= 1000, "log lines that are none")
            }
            try FedAPI.check(lines)
        }
    }

    private static func task(_ client: PolarDBClient) async throws {
        let outcome = await client.describeTask(FedAPI.cluster, known: nil)
        switch outcome {
        case .answer(let observation):
            let status = observation.status.rawValue
            try BrokenRule.unless(!status.isEmpty && !observation.status.isGone, "the status \(status)")
            for time in [observation.facts.createdAt, observation.facts.startedAt, observation.facts.completedAt] {
                guard let time else { continue }
                try BrokenRule.unless(Timestamp(rfc3339: time.rfc3339) == time, "the time \(time.milliseconds)")
            }
            // The same answer once more says nothing new.
            let again = await client.describeTask(FedAPI.cluster, known: observation.digest)
            guard case .unchanged = again else { throw BrokenRule(description: "not known again") }
        case .failure(let failure): try FedAPI.check(failure)
        case .unchanged: throw BrokenRule(description: "unchanged, though nothing was known")
        }
    }
}

/// Error bodies, with any status and headers.
enum RefusalFeed {
    static func feed(_ bytes: [UInt8]) async throws {
        var choosing = ChoosingBytes(bytes)
        let status = choosing.choose([400, 403, 404, 429, 500, 503, 200, 301, 407, 401, 409, 302])
        var headers: [HTTPHeader] = []
        for name in ["Retry-After", "x-acs-retry-after", "x-ratelimit-user", "Date"] {
            let value = choosing.line()
            if !value.isEmpty { headers.append(HTTPHeader(name, value)) }
        }
        let client = FedAPI.client(status: status, headers: HTTPHeaders(headers), body: choosing.bytes)
        switch await client.describeTask(FedAPI.cluster, known: nil) {
        case .failure(let failure): try FedAPI.check(failure)
        case .answer: try BrokenRule.unless(status == 200, "an answer with the status \(status)")
        case .unchanged: throw BrokenRule(description: "unchanged, though nothing was known")
        }
    }
}

/// An API that has one answer.
enum FedAPI {
    static let cluster = ClusterID("pm-2ze9examp1e00001")
    static let now = Timestamp(milliseconds: 1_795_507_200_000)
    static let secret = "a-secret-that-nobody-may-see-01"

    static func client(
        status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]
    ) -> PolarDBClient {
        PolarDBClient(
            http: OneAnswer { _ in HTTPResponse(status: status, headers: headers, body: body) },
            endpoint: Endpoint(region: "cn-beijing", usesVPC: false), region: "cn-beijing", credentials: Key(),
            now: { now })
    }

    static func check<Value>(_ result: Result<Value, PollFailure>) throws {
        if case .failure(let failure) = result { try check(failure) }
    }

    /// What is said of a failure is a line of bounded length, keeps the secret, and waits for a bounded time.
    static func check(_ failure: PollFailure) throws {
        let message = failure.message
        try BrokenRule.unless(
            !message.isEmpty && message.utf8.count <= 2000, "a message of \(message.utf8.count) bytes")
        try BrokenRule.unless(
            !message.unicodeScalars.contains { $0.properties.generalCategory == .control },
            "control characters: \(message)")
        try BrokenRule.unless(!message.contains(secret), "the secret is in: \(message)")
        if let wait = failure.retryAfter {
            try BrokenRule.unless(wait > .zero && wait <= .seconds(3600), "a wait of \(wait)")
        }
    }

    private struct Key: CredentialsProvider {
        func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
            Credentials(accessKeyID: "LTAI5tFAKEACCESSKEYID00", accessKeySecret: secret, origin: "a test")
        }

        func invalidate(_ credentials: Credentials) async {}
    }
}

/// A network in which everything has one answer.
struct OneAnswer: HTTPClient {
    let answer: @Sendable (HTTPRequest) -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.answer = answer }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { answer(request) }
}
