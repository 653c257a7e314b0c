import Foundation
import HTTPTransport
import Model
import Testing

@testable import Alerts

/// No answer, reason or dry run gives a credential away, in whatever form a server repeats it.
struct RedactionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let secret: String
        /// What an answer says.
        let answer: String
        let masked: String

        init(_ secret: String, _ answer: String, _ masked: String) {
            self.secret = secret
            self.answer = answer
            self.masked = masked
        }

        var testDescription: String { answer }
    }

    static let rows: [Row] = [
        Row("hunter2hunter2", "no hunter2hunter2 here", "no *** here"),
        // Without the mark that says what it is.
        Row("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "key MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "key ***"),
        Row("tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", "token AgQdq7mVBoFD37zQVN29RhuMzNIz2 is over", "token *** is over"),
        Row("123456789:AAExampleExample", "bot AAExampleExample unknown", "bot *** unknown"),
        Row("SEC0123456789abcdef", "secret 0123456789abcdef", "secret ***"),
        Row("Bearer abcdefgh12345678", "token abcdefgh12345678", "token ***"),
        Row("ghp_abcdefgh12345678", "abcdefgh12345678", "***"),
        // As URLs have it.
        Row("a+b/c=d e", "q=a%2Bb%2Fc%3Dd%20e", "q=***"),
        Row("a+b/c=d e", "q=a%2bb%2fc%3dd%20e", "q=***"),
        Row("a+b/c=d e", "q=a%2Bb%2Fc%3Dd+e", "q=***"),
        Row("kR3p%2Bn9s%3D", "sig kR3p+n9s=", "sig ***"),
        // As JSON has it.
        Row("a\"b\\c/d", #"{"echo":"a\"b\\c/d"}"#, #"{"echo":"***"}"#),
        Row("a\"b\\c/d", #"{"echo":"a\"b\\c\/d"}"#, #"{"echo":"***"}"#),
        Row("key=a&b<c", #"{"echo":"key=a\u0026b\u003cc"}"#, #"{"echo":"***"}"#),
        Row("key=a&b<c", #"{"echo":"key\u003da\u0026b\u003cc"}"#, #"{"echo":"***"}"#),
        // As HTML has it.
        Row("a&b+c<d", "<p>a&amp;b+c&lt;d</p>", "<p>***</p>"),
        Row("a&b+c<d", "<p>a&amp;b&#43;c&lt;d</p>", "<p>***</p>"),
        // As base64 has it, and what base64 hides: the login of a header, the text of a key.
        Row("hunter2hunter2", "aHVudGVyMmh1bnRlcjI=", "***="),
        Row("Basic dXNlcjpodW50ZXIyaHVudGVyMg==", "user:hunter2hunter2", "***"),
        Row("Basic dXNlcjpodW50ZXIyaHVudGVyMg==", "wrong password hunter2hunter2", "wrong password ***"),
        Row("whsec_c2VjcmV0IHRleHQgb2YgdGhlIGtleSE=", "key: secret text of the key!", "key: ***"),
        Row("whsec_c2VjcmV0IHRleHQgb2YgdGhlIGtleSE=", "c2VjcmV0IHRleHQgb2YgdGhlIGtleSE", "***"),
        // An accent behind it makes another character of its end, but no other bytes.
        Row("hunter2hunter2", "hunter2hunter2\u{301}", "***\u{301}"),
        // Nor does one within it hide what is put around it.
        Row("a\"\u{301}b&\u{301}cdef", "{\"echo\":\"a\\\"\u{301}b\\u0026\u{301}cdef\"}", #"{"echo":"***"}"#),
        Row("123456789:\u{301}AAExampleExample", "bot \u{301}AAExampleExample", "bot ***"),
        // Ordinary words stay.
        Row("tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", "tk_ or token", "tk_ or token"),
        Row("abc", "abc", "abc"),
    ]

    @Test(arguments: rows)
    func `a secret is masked whole, in parts, and however it is spelled`(row: Row) {
        #expect(Redaction(secrets: [row.secret]).redact(row.answer) == row.masked)
    }

    @Test func `two secrets that overlap in the answer are both masked to their ends`() {
        let redaction = Redaction(secrets: ["abcdefgh", "efghijklmnop"])
        #expect(redaction.redact("<abcdefghijklmnop>") == "<***>")
    }

    @Test func `the parts of an address that are credentials are masked, its words are not`() throws {
        let redaction = Redaction(urls: [
            "https://user:pass-word@hooks.example.com/services/XkZqWmPlReTyUiOpAsDfGhJk?token=Zm9v%2BYmFy&v=1"
        ])
        let answer = "user pass-word services XkZqWmPlReTyUiOpAsDfGhJk Zm9v%2BYmFy Zm9v+YmFy v=1"
        #expect(redaction.redact(answer) == "*** *** services *** *** *** v=1")
    }

    @Test(arguments: TargetSample.bodies)
    func `a server that repeats the request gives nothing away`(kind: TargetKind) async throws {
        let rewrites: [@Sendable (String) -> String] = [
            { $0 }, { PercentEncoding.encode($0) }, { $0.replacing("/", with: "\\/") },
            { Markup.entities($0) },
            { $0.replacing("whsec_", with: "").replacing("tk_", with: "").replacing("123456789:", with: "") },
        ]
        for rewrite in rewrites {
            let sender = Sender(client: EchoingClient(rewrite: rewrite), read: TargetSample.read) { Sample.now }
            let verdict = try #require(
                await sender.send(.alert(Sample.every[1]), to: TargetSample.settings(kind)))
            let said = [verdict.answer, verdict.reason, verdict.code].compactMap { $0 }.joined(separator: "\n")
            #expect(verdict.answer?.isEmpty == false)
            for credential in TargetSample.credentials(kind) + signatures(kind) {
                #expect(!said.contains(credential), "\(credential) in \(said)")
                #expect(!said.contains(PercentEncoding.encode(credential)), "\(credential), encoded, in \(said)")
            }
        }
    }

    @Test(arguments: TargetSample.kinds)
    func `a dry run shows no credential and no signature`(kind: TargetKind) throws {
        let sender = Sender(client: EchoingClient(), read: TargetSample.read) { Sample.now }
        let text = try sender.dryRun(.alert(Sample.every[1]), to: TargetSample.settings(kind))
        #expect(text.contains("pm-2ze9examp1e00001"))
        for credential in TargetSample.credentials(kind) + signatures(kind) {
            #expect(!text.contains(credential), "\(credential) in \(text)")
        }
    }

    @Test(arguments: TargetSample.kinds)
    func `the words that describe a target's settings hold no credential`(kind: TargetKind) throws {
        let settings = TargetSample.settings(kind)
        let words =
            "\(settings) \(String(reflecting: settings)) \(TargetRegistry.builtIn.plan(for: settings, read: TargetSample.read))"
        for credential in TargetSample.credentials(kind) {
            #expect(!words.contains(credential))
        }
    }

    /// Those that the target makes at `Sample.now`.
    private func signatures(_ kind: TargetKind) -> [String] {
        switch kind {
        case .dingtalk:
            [DingTalk.signature(milliseconds: Sample.now.milliseconds, secret: TargetSample.robotSecret)]
        case .feishu: [Feishu.signature(seconds: Sample.now.seconds, secret: TargetSample.robotSecret)]
        default: []
        }
    }

    @Test func `a signature of Standard Webhooks is masked in a dry run`() throws {
        let requests = try TargetSample.requests(.alert(Sample.every[1]), to: TargetSample.settings(.webhook))
        let signature = try #require(HTTPHeaders(requests[0].headers)["webhook-signature"]).dropFirst("v1,".count)
        let sender = Sender(client: EchoingClient(), read: TargetSample.read) { Sample.now }
        let text = try sender.dryRun(.alert(Sample.every[1]), to: TargetSample.settings(.webhook))
        #expect(text.contains("webhook-signature: v1,***"))
        #expect(!text.contains(signature))
    }

    @Test func `a long answer is cut to 4 KiB, and a secret at the cut leaves no half behind`() {
        let secret = "hunter2hunter2hunter2"
        for shift in 0..<40 {
            let answer =
                String(repeating: "x", count: 4096 - 30 + shift) + secret + String(repeating: "训", count: 90_000)
            let verdict = Verdict(.tryAgain(retryAfter: nil), answer: answer)
                .redacted(by: Redaction(secrets: [secret]))
            let kept = verdict.answer ?? ""
            #expect(kept.utf8.count <= 4096)
            #expect(!kept.contains("hunter"))
        }
    }
}
