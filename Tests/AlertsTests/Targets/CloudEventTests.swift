import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts

struct CloudEventTests {
    private func request(_ message: Message) throws -> TargetRequest {
        let context = RenderContext(
            target: "hook", urls: ["https://example.com/hook"], secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            headers: [], options: TargetOptions(format: .cloudevents), now: Sample.now)
        let requests = try Webhook(format: .cloudevents).requests(for: message, in: context)
        return try #require(requests.first)
    }

    private func json(_ request: TargetRequest) throws -> [String: JSONValue] {
        try #require(try JSONValue(parsing: request.body).objectValue)
    }

    @Test func `one event: attributes, data of the standard body, and the webhook headers`() throws {
        let request = try request(.alert(Sample.stored(Sample.event(.failed))))
        let event = try json(request)
        #expect(event["specversion"]?.stringValue == "1.0")
        #expect(event["id"]?.stringValue == "k3v9x2ab-17")
        #expect(event["source"]?.stringValue == "//polarai/k3v9x2ab/default/cn-beijing")
        #expect(event["type"]?.stringValue == "io.polarai.task.failed.v1")
        #expect(event["subject"]?.stringValue == "pm-2ze9examp1e00001")
        #expect(event["time"]?.stringValue == "2026-11-24T08:00:00.123Z")
        let standard = WebhookBody.json(Sample.stored(Sample.event(.failed)), texts: English())
        #expect(try event["data"] == JSONValue(parsing: standard.bytes)["data"])
        let headers = HTTPHeaders(request.headers)
        #expect(headers["content-type"] == "application/cloudevents+json; charset=utf-8")
        #expect(headers["webhook-id"] == "k3v9x2ab-17")
        #expect(headers["webhook-signature"]?.hasPrefix("v1,") == true)
    }

    @Test func `what has no value is left out`() throws {
        let target = Sample.event(.targetFailing, cluster: nil, target: "chat")
        let event = try json(try request(.alert(Sample.stored(target))))
        #expect(event["subject"] == nil)
        #expect(event.values.allSatisfy { !$0.isNull })
    }

    @Test(arguments: [
        (200, DeliveryOutcome.delivered), (204, .delivered), (202, .accepted), (415, .targetBroken),
        (410, .targetBroken), (302, .targetBroken), (503, .tryAgain(retryAfter: nil)),
    ])
    func `202 only promises, 415 refuses the format`(status: Int, outcome: DeliveryOutcome) {
        let answer = Answer(status: status, receivedAt: Sample.now)
        #expect(Webhook(format: .cloudevents).judge(answer).outcome == outcome)
    }

    @Test func `the standard format keeps 202 as delivered`() {
        #expect(Webhook().judge(Answer(status: 202, receivedAt: Sample.now)).outcome == .delivered)
    }

    @Test func `the CloudEvents SDK reads every event and a digest`() async throws {
        let folder = try TemporaryFolder()
        let python = try await PythonEnvironment.interpreter()
        let messages =
            [Message.alert(Sample.stored(Sample.event(.failed)))] + [
                .alert(Sample.stored(Sample.event(.targetFailing, cluster: nil, target: "chat"))),
                .digest(Digest(Sample.every)),
            ]
        for (number, message) in messages.enumerated() {
            let request = try request(message)
            let file = folder.file("\(number).json")
            try Data(request.body).write(to: URL(fileURLWithPath: file))
            let result = try await run(
                python, [PythonEnvironment.scripts + "/cloudevents_reader.py", CloudEvent.contentType, file],
                within: .seconds(30))
            #expect(result.exitCode == 0, "\(result.errors)")
            let read = try JSONValue(parsing: Array(result.output.utf8))
            #expect(read["attributes"]?["id"]?.stringValue == message.id)
            #expect(read["id_in_data"]?.stringValue == message.id)
        }
    }
}
