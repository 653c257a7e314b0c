import Crypto
import HTTPTransport
import Model
import Synchronization
import Testing

@testable import Alerts

/// A host whose clock is wrong: what is signed is dated by the receiver's clock, and what is read is measured by it.
struct ClockTests {
    /// A receiver with a clock of its own that refuses what is dated more than five minutes off, as Standard Webhooks says.
    final class Receiver: HTTPClient {
        let offset: Duration
        let seen = Mutex<[Int64]>([])

        init(offset: Duration) {
            self.offset = offset
        }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let time = Sample.now.advanced(by: offset)
            let date = HTTPHeader("Date", HTTPDate.write(time))
            let seconds = HTTPHeaders(request.headers)["webhook-timestamp"].flatMap { Int64($0) } ?? 0
            seen.withLock { $0.append(seconds) }
            let isFresh = abs(seconds - time.seconds) <= 300
            return HTTPResponse(status: isFresh ? 204 : 401, headers: HTTPHeaders([date]), body: [])
        }
    }

    private func settings(_ url: String) -> TargetSettings {
        var settings = TargetSample.settings(.webhook)
        settings.urls = [Secret(.literal(url))]
        return settings
    }

    private func sender(_ receiver: Receiver, knownOffset: Duration = .zero) -> Sender {
        Sender(client: receiver, read: TargetSample.read, now: { Sample.now }, knownOffset: { knownOffset })
    }

    @Test(arguments: [7200, -7200, 86_400])
    func `a signature that is refused for its time is made anew by the receiver's clock, at once`(offset: Int) async {
        let receiver = Receiver(offset: .seconds(offset))
        let sender = sender(receiver)
        for url in ["https://hooks.example.com/a", "http://127.0.0.1:9/a"] {
            let verdict = await sender.send(.alert(Sample.every[0]), to: settings(url))
            #expect(verdict?.outcome == .delivered)
        }
        // Refused, made anew; the next one is right from the start.
        #expect(receiver.seen.withLock { $0.count } == 3)
    }

    @Test func `a clock that others have found to be wrong goes into the first signature`() async {
        let receiver = Receiver(offset: .seconds(7200))
        let verdict = await sender(receiver, knownOffset: .seconds(7200))
            .send(.alert(Sample.every[0]), to: settings("https://hooks.example.com/a"))
        #expect(verdict?.outcome == .delivered)
        #expect(receiver.seen.withLock { $0 } == [Sample.now.seconds + 7200])
    }

    @Test func `a date that anybody may have written is not signed by, but the advice speaks of the clock`() async {
        let receiver = Receiver(offset: .seconds(7200))
        let verdict = await sender(receiver).send(
            .alert(Sample.every[0]), to: settings("http://hooks.example.com/a"))
        #expect(verdict?.outcome == .targetBroken)
        #expect(verdict?.reason?.contains("this host's clock is 2h behind") == true, "\(verdict?.reason ?? "")")
        #expect(receiver.seen.withLock { $0.count } == 1)
    }

    @Test func `a receiver that is months away is not believed, and one that is right is refused as before`() async {
        for offset in [Duration.seconds(90 * 86_400), .zero] {
            let receiver = Receiver(offset: offset)
            let sender = sender(receiver)
            _ = await sender.send(.alert(Sample.every[0]), to: settings("https://hooks.example.com/a"))
            #expect(receiver.seen.withLock { $0 } == [Sample.now.seconds])
        }
    }

    @Test func `DingTalk and Feishu are signed by the corrected clock, too`() throws {
        for kind in [TargetKind.dingtalk, .feishu] {
            let context = try ResolvedTarget(
                TargetSample.settings(kind), read: TargetSample.read, now: Sample.now, clockOffset: .seconds(-3600)
            ).context
            let request = try TargetRegistry.builtIn.target(for: kind)
                .requests(for: .alert(Sample.every[0]), in: context)[0]
            let text = request.url + String(decoding: request.body, as: UTF8.self)
            #expect(text.contains("\(Sample.now.seconds - 3600)"), "\(kind)")
        }
    }

    @Test(arguments: [
        "Tue, 24 Nov 2026 10:02:00 GMT", "Tuesday, 24-Nov-26 10:02:00 GMT", "Tue Nov 24 10:02:00 2026",
    ])
    func `Retry-After is measured by the answer's own date, in all three forms`(date: String) {
        for ownDate in ["Tue, 24 Nov 2026 10:00:00 GMT", "Tuesday, 24-Nov-26 10:00:00 GMT", "Tue Nov 24 10:00:00 2026"]
        {
            let headers = HTTPHeaders([HTTPHeader("Retry-After", date), HTTPHeader("Date", ownDate)])
            // This host's clock is two hours behind.
            let answer = Answer(status: 503, headers: headers, receivedAt: Sample.now)
            #expect(Webhook().judge(answer).outcome == .tryAgain(retryAfter: .seconds(120)))
        }
    }
}
