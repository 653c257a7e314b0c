import HTTPTransport
import Model
import Testing

@testable import Alerts

struct TemplateTests {
    private func filled(_ template: String, contentType: String? = nil, name: String) -> String {
        var event = Sample.event(.failed)
        event.name = name
        return WebhookTemplate(template, contentType: contentType)
            .fill(from: WebhookBody.json(Sample.stored(event), texts: English()))
    }

    @Test func `a form is percent-encoded, JSON within it escaped first`() {
        let form = "application/x-www-form-urlencoded; charset=utf-8"
        #expect(
            filled("to=ops&text={{data.name}}&n={{data.progress}}", contentType: form, name: "a&to=evil@x +\u{301}")
                == "to=ops&text=a%26to%3Devil%40x%20%2B%CC%81&n=")
        #expect(
            filled(#"payload={"text":"{{data.name}}"}"#, contentType: form, name: "\"}&x=1")
                == #"payload={"text":"%5C%22%7D%26x%3D1"}"#)
    }

    @Test func `a digest names its events in the message, and goes one by one to a template without it`() throws {
        func plan(_ template: String?) -> TargetPlan {
            var settings = TargetSample.settings(.webhook)
            settings.options.template = template
            return TargetRegistry.builtIn.plan(for: settings, read: TargetSample.read)
        }
        #expect(plan(nil).groupCapacity == 200)
        #expect(plan(#"{"text": "{{ data.message }}"}"#).groupCapacity == 200)
        #expect(plan(#"{"task": "{{data.cluster}}"}"#).groupCapacity == nil)
        let events = (1...150).map { number in
            Sample.stored(
                Sample.event(.failed, cluster: ClusterID("pm-2ze9examp1e\(10_000 + number)")), seq: Int64(number))
        }
        var settings = TargetSample.settings(.webhook)
        settings.options.template = #"{"text": "{{data.message}}"}"#
        let request = try #require(try TargetSample.requests(.digest(Digest(events)), to: settings).first)
        let text = try #require(try JSONValue(parsing: request.body)["text"]?.stringValue)
        for event in events { #expect(text.contains("#\(event.id)\n") || text.hasSuffix("#\(event.id)")) }
        #expect(text.utf8.count <= WebhookBody.longest)
        // Without a template the list is beside the message.
        settings.options.template = nil
        let plain = try #require(try TargetSample.requests(.digest(Digest(events)), to: settings).first)
        #expect(try JSONValue(parsing: plain.body)["data"]?["message"]?.stringValue?.contains("#") == false)
    }

    @Test func `XML gets entities, and CDATA cannot be left`() {
        #expect(
            filled("<a b=\"{{data.name}}\">{{data.name}}</a>", name: "<x y='\"'>&\u{1}\u{301}")
                == "<a b=\"&lt;x y=&#39;&quot;&#39;&gt;&amp;\u{FFFD}\u{301}\">&lt;x y=&#39;&quot;&#39;&gt;&amp;\u{FFFD}\u{301}</a>"
        )
        #expect(
            filled("<a><![CDATA[{{data.name}}]]>{{data.name}}</a>", name: "]]><b>")
                == "<a><![CDATA[]]]]>&gt;<![CDATA[<b]]>&gt;<![CDATA[]]>]]&gt;&lt;b&gt;</a>")
        #expect(filled("{{data.name}}", contentType: "application/soap+xml", name: "<b>") == "&lt;b&gt;")
    }

    @Test func `the content type decides before the first character does`() throws {
        #expect(WebhookTemplate("[{{data.event}}] {{data.name}}", contentType: "text/plain").format == .plain)
        #expect(filled("[{{data.event}}] {{data.name}}", contentType: "text/plain", name: "\"n\"") == "[failed] \"n\"")
        #expect(WebhookTemplate("{{data.name}}", contentType: "application/vnd.x+json").format == .json)
        let forms: [(String, String)] = [
            (#"{"a": 1}"#, "application/json"), ("[1]", "application/json"), ("<a/>", "application/xml; charset=utf-8"),
            ("{{data.name}}", "text/plain; charset=utf-8"),
        ]
        for (template, type) in forms {
            let context = RenderContext(
                target: "hook", urls: ["https://example.com/"], options: TargetOptions(template: template),
                now: Sample.now)
            let request = try Webhook().requests(for: .alert(Sample.every[0]), in: context)[0]
            #expect(HTTPHeaders(request.headers)["content-type"] == type)
        }
    }

    @Test(arguments: [
        #"{"text": {{data.name}}, "to": "{{data.to}}", "p": {{data.model_paths}}}"#,
        #"[{"event": "{{data.event}}", "all": {{data}}, "first": {{data.model_paths.0}}}]"#,
    ])
    func `a template that makes JSON has no mistake`(template: String) {
        #expect(WebhookTemplate.mistake(in: template, contentType: nil) == nil)
        #expect(WebhookTemplate.mistake(in: template, contentType: "application/json") == nil)
    }

    @Test(arguments: [
        #"{"text": "{{data.name}}"#, #"{"text": {{data.name}},}"#, #"{"text": "x" "y": 1}"#,
        #"{text: "{{data.name}}"}"#,
        #"{"a": "{{data.name}}" {{data.to}}}"#, #"{"n": {{data.duration_seconds}}0}"#,
    ])
    func `a template that makes broken JSON is found out before any alert`(template: String) throws {
        let mistake = try #require(WebhookTemplate.mistake(in: template, contentType: nil))
        #expect(mistake.hasPrefix("is not valid JSON once its places are filled"))
        #expect(!mistake.contains("quoted"), "it repeats nothing of the template")
        #expect(WebhookTemplate.mistake(in: template, contentType: "text/plain") == nil)
    }

    @Test func `places are found by scalar`() {
        #expect(filled("{{data.name}}\u{301} {\u{301}{data.name}}", name: "n") == "n\u{301} {\u{301}{data.name}}")
    }

    @Test func `the samples have the keys of the body`() {
        for event in Sample.every {
            guard case .object(let members)? = WebhookBody.json(event, texts: English())["data"] else {
                Issue.record("no data")
                continue
            }
            // Events of rules have more, behind them.
            #expect(Array(members.map(\.key).prefix(WebhookFields.data.count)) == WebhookFields.data)
        }
    }
}
