import Model

/// The metadata service of an ECS instance, on its own paths: `/latest/api/token`,
/// `/latest/meta-data/ram/security-credentials/` (ECS documentation, "Instance metadata").
struct MetadataService: Sendable {
    private static let tokenHeader = "x-aliyun-ecs-metadata-token"
    private static let lifetimeHeader = "x-aliyun-ecs-metadata-token-ttl-seconds"

    private let script: CredentialScript
    private var tokens: [String: Timestamp] = [:]
    private var count = 0

    init(_ script: CredentialScript) {
        self.script = script
    }

    /// Either a whole answer, or word that the role's key is asked for.
    enum Answer {
        case reply(ServerReply)
        case key
    }

    mutating func answer(_ call: Call) -> Answer {
        // A token must not leave the machine through a proxy.
        guard call.headers["x-forwarded-for"] == nil else { return .reply(.text("Forbidden", status: 403)) }
        switch (call.method, call.path) {
        case ("PUT", "/latest/api/token"):
            return .reply(giveToken(call))
        case ("GET", "/latest/meta-data/ram/security-credentials/"),
            ("GET", "/latest/meta-data/ram/security-credentials"):
            return .reply(refusal(of: call) ?? .text(script.role))
        case ("GET", "/latest/meta-data/ram/security-credentials/\(script.role)"):
            return refusal(of: call).map { .reply($0) } ?? .key
        default:
            return .reply(.text("404 - Not Found", status: 404, type: "text/html"))
        }
    }

    private mutating func giveToken(_ call: Call) -> ServerReply {
        guard script.metadataV2 else { return .text("405 - Method Not Allowed", status: 405) }
        guard let seconds = call.headers[Self.lifetimeHeader].flatMap({ Int64($0) }), (1...21_600).contains(seconds)
        else {
            return .text("400 - Bad Request", status: 400)
        }
        count += 1
        let token = "AQAAAsimulated\(count)=="
        tokens[token] = call.at.advanced(by: .seconds(seconds))
        return .text(token)
    }

    private func refusal(of call: Call) -> ServerReply? {
        guard let token = call.headers[Self.tokenHeader] else {
            return script.metadataV1 ? nil : .text("403 - Forbidden", status: 403)
        }
        guard let end = tokens[token], call.at < end else { return .text("401 - Unauthorized", status: 401) }
        return nil
    }
}
