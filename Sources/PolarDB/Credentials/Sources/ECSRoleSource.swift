import HTTPTransport
import Model

/// `{"type": "ecs_ram_role"}`: the role of the instance that this runs on, from its metadata service ("Instance RAM roles"
/// of the ECS documentation): with a token of its own (v2) if the service knows that, else without (v1).
struct ECSRoleSource: CredentialsSource {
    let http: any HTTPClient
    /// `http://100.100.100.200` but in tests.
    let address: String
    /// Nil means the one that the instance has.
    let roleName: String?
    let allowsV1: Bool

    static let standardAddress = "http://100.100.100.200"
    /// In the same network or not there at all. The service refuses what came through a proxy.
    private static let connection = ConnectionOptions(
        connectTimeout: .seconds(1), timeout: .seconds(2), proxy: .none)
    private static let path = "/latest/meta-data/ram/security-credentials/"

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        var token = try await token()
        let role: String
        if let roleName {
            role = roleName
        } else {
            role = try await text(Self.path, &token).split(whereSeparator: \.isNewline).first.map { $0.trimmed } ?? ""
            guard !role.isEmpty else {
                throw PollFailure(
                    reason: .credentials, message: "this ECS instance has no RAM role; attach one that may read PolarDB"
                )
            }
        }
        // What is not a name may be anything, credentials for example: it goes nowhere.
        guard RoleName.isValid(role) else {
            throw PollFailure(
                reason: .credentials,
                message: roleName == nil
                    ? "\(place) does not answer with the name of a RAM role; check metadata_endpoint"
                    : "role_name is not the name of a RAM role: \(RoleName.form)")
        }
        let body = try await text(Self.path + role, &token)
        let members = (try? JSONValue(parsing: Array(body.utf8)))?.objectValue
        if let code = members.flatMap({ JSONFields($0).text("Code") }), code.lowercased() != "success" {
            throw PollFailure(
                reason: .credentials,
                message:
                    "\(place) gives no credentials for \(asked): its answer's \"Code\" is not Success; check that the role is "
                    + "attached to this instance and may be used by it")
        }
        return try FetchedCredentials.read(
            members, origin: "\(Self.shown(role)) of this ECS instance", place: place)
    }

    /// A role that has given credentials. A secret can have the form of a role's name: as long as it is not known whether
    /// there is such a role, its name is not repeated.
    private static func shown(_ role: String) -> String {
        ShownWord.name(role).map { "the RAM role \($0)" } ?? "the RAM role"
    }

    private var asked: String {
        roleName == nil ? "the RAM role of this instance" : "the RAM role that role_name names"
    }

    var place: String { "the metadata service (\(address))" }

    /// - Returns: nil if the service knows no tokens.
    private func token() async throws(PollFailure) -> String? {
        let request = HTTPRequest(
            method: .put, url: address + "/latest/api/token",
            headers: [HTTPHeader("X-aliyun-ecs-metadata-token-ttl-seconds", "21600")], connection: Self.connection,
            maximumBodySize: 4 << 10)
        let response: HTTPResponse
        do {
            response = try await http.send(request)
        } catch {
            // A PUT may be dropped on its way when a GET is not: a token's packets are allowed fewer hops, and a
            // firewall may know only version 1. If nothing listens, nothing will answer a GET either.
            let mayKnowV1 = error.kind == .timeout || error.kind == .reset || error.kind == .malformed
            if allowsV1, mayKnowV1 { return nil }
            throw PollFailure(
                reason: PollFailure(error).reason, message: "no credentials from \(place): \(error.message)")
        }
        let token = String(decoding: response.body, as: UTF8.self).trimmed
        if response.status == 200, !token.isEmpty { return token }
        guard allowsV1 else {
            throw PollFailure(
                reason: .credentials, httpStatus: response.status,
                message:
                    "\(place) returned no IMDSv2 token (status \(response.status)), and ALIBABA_CLOUD_IMDSV1_DISABLED forbids "
                    + "access without one; check metadata_endpoint, or unset that variable")
        }
        return nil
    }

    private func text(_ path: String, _ token: inout String?) async throws(PollFailure) -> String {
        var response = try await get(path, token)
        // A token was given and then not taken: seen with old agents.
        if response.status != 200, token != nil, allowsV1 {
            token = nil
            response = try await get(path, nil)
        }
        switch response.status {
        case 200: return String(decoding: response.body, as: UTF8.self)
        case 404:
            throw PollFailure(
                reason: .credentials, httpStatus: 404,
                message: roleName == nil
                    ? "this ECS instance has no RAM role; attach one that may read PolarDB"
                    : "this ECS instance does not have \(asked); check role_name")
        default:
            throw PollFailure(
                reason: response.status >= 500 ? .server : .credentials, httpStatus: response.status,
                message: "\(place) refused to give "
                    + (path == Self.path ? "the name of the RAM role" : "the role's credentials")
                    + " (status \(response.status)); check that the role is attached to this instance, and that no proxy or "
                    + "firewall answers in place of the metadata service")
        }
    }

    private func get(_ path: String, _ token: String?) async throws(PollFailure) -> HTTPResponse {
        try await http.fetch(
            HTTPRequest(
                method: .get, url: address + path,
                headers: token.map { [HTTPHeader("X-aliyun-ecs-metadata-token", $0)] } ?? [],
                connection: Self.connection, maximumBodySize: 64 << 10), from: place)
    }
}
