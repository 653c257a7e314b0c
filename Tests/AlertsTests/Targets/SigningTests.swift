import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Vectors on which Python's, Node's and OpenSSL's own HMAC agree. That of Standard Webhooks is in `WebhookTests`.
struct SigningTests {
    private let secret = "SEC0123456789abcdef"

    @Test func `DingTalk signs time and secret under the secret`() throws {
        #expect(
            DingTalk.signature(milliseconds: 1_700_000_000_002, secret: secret)
                == "VGvd0brDJp/nMZtR+XnA3yBIlhowT+TwkRPua0q1/jg=")
    }

    @Test func `DingTalk's signature goes into the address, encoded once`() throws {
        let context = RenderContext(
            target: "chat", urls: ["https://oapi.dingtalk.com/robot/send?access_token=T"], secrets: [secret],
            now: Timestamp(milliseconds: 1_700_000_000_002))
        let request = try #require(
            try DingTalk().requests(for: .alert(Sample.every[0]), in: context).first)
        #expect(
            request.url == "https://oapi.dingtalk.com/robot/send?access_token=T&timestamp=1700000000002"
                + "&sign=VGvd0brDJp%2FnMZtR%2BXnA3yBIlhowT%2BTwkRPua0q1%2Fjg%3D")
    }

    @Test func `Feishu signs nothing under time and secret`() throws {
        #expect(
            Feishu.signature(seconds: 1_700_000_002, secret: secret) == "b9A54IFKmntIlWXksgSGDJ6gR2UNRKZ/f+6Xe3OUvcs=")
    }

    @Test func `Feishu's signature goes into the body, its time in seconds as a text`() throws {
        var context = RenderContext(
            target: "chat", urls: ["https://open.feishu.cn/open-apis/bot/v2/hook/T"], secrets: [secret],
            now: Timestamp(milliseconds: 1_700_000_002_999))
        for isPlain in [false, true] {
            context.asPlainText = isPlain
            let request = try #require(
                try Feishu().requests(for: .alert(Sample.every[0]), in: context).first)
            let body = try JSONValue(parsing: request.body)
            #expect(body["timestamp"] == "1700000002")
            #expect(body["sign"] == "b9A54IFKmntIlWXksgSGDJ6gR2UNRKZ/f+6Xe3OUvcs=")
            #expect(request.url == "https://open.feishu.cn/open-apis/bot/v2/hook/T")
        }
    }

    @Test(arguments: [TargetKind.dingtalk, .feishu, .webhook])
    func `every attempt is signed anew`(kind: TargetKind) throws {
        func request(at moment: Timestamp) throws -> TargetRequest? {
            let context = try ResolvedTarget(
                TargetSample.settings(kind), read: TargetSample.read, now: moment
            ).context
            return try TargetRegistry.builtIn.target(for: kind)
                .requests(for: .alert(Sample.every[0]), in: context).first
        }
        let first = try #require(try request(at: Sample.now))
        let second = try #require(try request(at: Sample.now.advanced(by: .seconds(60))))
        #expect(first.signatures.count == 1 && second.signatures.count == 1)
        #expect(first.signatures != second.signatures)
    }

    @Test func `without a secret nothing is signed`() throws {
        for kind in [TargetKind.dingtalk, .feishu, .webhook] {
            var settings = TargetSample.settings(kind)
            settings.options.secrets = []
            let request = try #require(try TargetSample.requests(.alert(Sample.every[0]), to: settings).first)
            #expect(request.signatures.isEmpty)
            #expect(!request.url.contains("sign") && HTTPHeaders(request.headers)["webhook-signature"] == nil)
            #expect(!String(decoding: request.body, as: UTF8.self).contains("\"sign\""))
        }
    }
}
