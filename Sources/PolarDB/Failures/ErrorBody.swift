import Foundation
import Model

/// What a refusal says of itself, in JSON or XML, in either spelling of its keys.
struct ErrorBody {
    let code: String?
    let message: String?
    let requestID: String?
    let denial: AccessDenial?

    init(_ body: [UInt8]) {
        if case .object(let members)? = try? JSONValue(parsing: body, limits: .foreign) {
            self.init(members)
        } else {
            self.init(xml: String(decoding: body.prefix(Self.longestXML), as: UTF8.self))
        }
    }

    init(_ members: [String: JSONValue]) {
        let fields = JSONFields(members)
        func code(_ names: String...) -> String? { names.lazy.compactMap { fields.code($0) }.first }
        self.code = code("Code", "code")
        message =
            ["Message", "message", "Detail", "Description"].lazy
            .compactMap { fields.text($0, longest: Self.longestMessage) }.first
        requestID = code("RequestId", "requestId", "RequestID", "request_id")
        denial = AccessDenial(members["AccessDeniedDetail"] ?? members["accessDeniedDetail"])
    }

    /// `<Error><Code>…</Code>…</Error>`, the gateway's other form. It holds three plain texts: no parser is needed.
    private init(xml: String) {
        let isError = xml.contains("<Error") || xml.contains("<error")
        func text(_ name: String) -> String? {
            guard isError, let start = xml.range(of: "<\(name)>"),
                let end = xml.range(of: "</\(name)>", range: start.upperBound..<xml.endIndex)
            else { return nil }
            let text = Self.unescaped(xml[start.upperBound..<end.lowerBound].prefix(Self.longestMessage))
            return SafeText.line(text, maximumBytes: Self.longestMessage).nonEmpty
        }
        func code(_ name: String) -> String? { text(name).flatMap { $0.utf8.count <= 128 ? $0 : nil } }
        self.code = code("Code")
        message = text("Message")
        requestID = code("RequestId")
        denial = nil
    }

    private static let longestXML = 64 * 1024
    private static let longestMessage = 4096

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }
}

/// `AccessDeniedDetail` of a refusal by RAM: who may not do what, and by which kind of policy.
struct AccessDenial {
    let action: String?
    let principal: String?
    /// `ImplicitDeny`: nothing grants it. `ExplicitDeny`: something forbids it.
    let kind: String?
    let policyType: String?

    init?(_ value: JSONValue?) {
        let members: [String: JSONValue]
        switch value {
        case .object(let object): members = object
        // Some products send it as a text.
        case .string(let text):
            guard case .object(let object)? = EmbeddedJSON.parse(text) else { return nil }
            members = object
        default: return nil
        }
        let fields = JSONFields(members)
        action = fields.code("AuthAction")
        kind = fields.code("NoPermissionType")
        policyType = fields.code("PolicyType")
        let name = fields.code("AuthPrincipalDisplayName")
        let type = fields.code("AuthPrincipalType")
        principal = [type, name].compactMap { $0 }.joined(separator: " ").nonEmpty
    }
}
