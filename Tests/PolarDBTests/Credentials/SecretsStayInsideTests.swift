import HTTPTransport
import Model
import PolarDB
import Testing

/// Files and services that have secrets in unexpected places: no failure says anything of them.
struct SecretsStayInsideTests {
    private static let secrets = [
        "LTAI5tSeCrEtId000000", "SeCrEt0Key0With30Characters00a", "CAISSeCrEtToken1234567890abcde",
    ]

    /// Wrong forms of a profile file, each with the three secrets in it.
    private static let files: [String] = {
        let (id, key, token) = (secrets[0], secrets[1], secrets[2])
        let object =
            #"{"name":"default","mode":"AK","access_key_id":"\#(id)","access_key_secret":"\#(key)","sts_token":"\#(token)"}"#
        return [
            "[\(object)]", "\u{FEFF}[ \(object)]", " \n [\n\(object)\n]", "[[\(object)]]",
            "[\"\(id)\", \"\(key)\", \"\(token)\"]",
            "\u{200B}{\"profiles\": [\(object)], \"current\": \"\(key)\"}",
            #"{"current":"\#(key)","profiles":[{"name":"\#(token)"},{"name":"\#(id)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"\#(key)","x":"\#(id)\#(token)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"ChainableRamRoleArn","source_profile":"\#(key)","ram_role_arn":"\#(token)","x":"\#(id)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"/none \#(id) \#(key) \#(token)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"'\#(id) \#(key) \#(token)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"RamRoleArn","access_key_id":"\#(id)","access_key_secret":"\#(key)","ram_role_arn":"\#(token)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"RamRoleArn","access_key_id":"\#(id)","access_key_secret":"s","ram_role_arn":"r","sts_region":"\#(key)","sts_endpoint":"http://\#(token)/"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"CredentialsURI","credentials_uri":"\#(id)\#(key)\#(token)"}]}"#,
            #"{"current":"p","profiles":[{"name":"p","mode":"EcsRamRole","ram_role_name":"\#(id)/\#(key)/\#(token)"}]}"#,
            "[\(key)]\ntype = \(id)\n[\(token)]\n", "[default]\ntype = \(key)\nx = \(id)\n\(token)\n",
            "[default]\ntype = ram_role_arn\naccess_key_id = \(id)\naccess_key_secret = \(key)\nrole_arn = \(token)\nsts_region = \(token)\n",
            "default:\n  access_key_id: \(id)\n  access_key_secret: \(key)\n  token: \(token)\n",
            "access_key_id=\(id)\u{200B}\naccess_key_secret=\(key)\ntoken=\(token)\n[other {\"\(key)\"}]\n",
            "{\"current\": \"p\", \"profiles\": [\(object)", "\"\(id)\(key)\(token)\"",
            "<xml>\(id)\(key)\(token)</xml>",
        ]
    }()

    private func check(_ words: String, _ what: String) {
        for secret in Self.secrets {
            #expect(!words.contains(secret), "\(what): \(words)")
            #expect(!words.contains(secret.prefix(12)), "\(what): \(words)")
        }
    }

    @Test(arguments: files.indices)
    func `a profile file of a wrong form`(index: Int) async throws {
        let lab = try CredentialLab { _ in .refusal("NoPermission", status: 403) }
        let file = try lab.write("config.json", Self.files[index])
        for name in [nil, "prod", Self.secrets[1]] as [String?] {
            let words = await lab.ask(.profile(name: name, file: file))
            check(words, Self.files[index])
            #expect(words != Self.secrets[0])
        }
    }

    @Test func `a list is called a list`() async throws {
        let lab = try CredentialLab()
        let file = try lab.write("config.json", Self.files[0])
        #expect(await lab.ask(.profile(name: nil, file: file)).contains("is a JSON list"))
        // A section in brackets is none.
        let ini = try lab.write("ini", "[default]\ntype=access_key\naccess_key_id=K\naccess_key_secret=s\n")
        #expect(await lab.ask(.profile(name: nil, file: ini)) == "K")
        let spaced = try lab.write("ini2", "[ default ]\ntype=access_key\naccess_key_id=K2\naccess_key_secret=s\n")
        #expect(await lab.ask(.profile(name: nil, file: spaced)) == "K2")
    }

    // MARK: - The metadata service

    private static let listings = [
        #"{"AccessKeyId":"LTAI5tSeCrEtId000000","AccessKeySecret":"SeCrEt0Key0With30Characters00a"}"#,
        "SeCrEt0Key0With30Characters00a", "LTAI5tSeCrEtId000000\nSeCrEt0Key0With30Characters00a",
        "../../../../CAISSeCrEtToken1234567890abcde", "watcher?x=CAISSeCrEtToken1234567890abcde",
        "watcher\u{0301}CAISSeCrEtToken1234567890abcde", "..",
    ]

    @Test(arguments: listings, [400, 403, 404, 500, 200])
    func `a listing that is not a role's name goes nowhere`(listing: String, status: Int) async throws {
        let lab = try CredentialLab { request in
            request.url.hasSuffix("/token")
                ? .text("tok")
                : request.url.hasSuffix("/security-credentials/")
                    ? .text(listing) : .text(#"{"Code":"SeCrEt0Key0With30Characters00a"}"#, status: status)
        }
        let words = await lab.ask(.ecsRAMRole(roleName: nil, metadataEndpoint: nil))
        check(words, listing)
        #expect(lab.requests.allSatisfy { !$0.url.contains("%") && !$0.url.contains("..") && !$0.url.contains("CAIS") })
    }

    @Test(arguments: ["a/b", "a b", "", String(repeating: "r", count: 65), "röle", "a%2Fb"])
    func `a role_name that is none is refused before anything is sent`(name: String) async throws {
        let lab = try CredentialLab { _ in .text("tok") }
        let words = await lab.ask(.ecsRAMRole(roleName: name, metadataEndpoint: nil))
        #expect(words.contains("role_name is not the name of a RAM role"), "\(words)")
        #expect(lab.requests.allSatisfy { $0.url.hasSuffix("/token") })
    }

    @Test func `names with all that RAM allows are names`() async throws {
        let name = "Ecs_Role-2.x"
        let lab = try CredentialLab { $0.url.hasSuffix("/" + name) ? .key("ECS") : .text("tok") }
        #expect(await lab.ask(.ecsRAMRole(roleName: name, metadataEndpoint: nil)) == "ECS")
    }

    // MARK: - STS

    @Test func `what STS repeats of a request is hidden`() async throws {
        let key = CredentialSettings.accessKey(
            id: Secret(.literal("K")), secret: Secret(.literal("SeCrEt0Key0With30Characters00a")),
            securityToken: Secret(.literal("CAISSeCrEtToken1234567890abcde")))
        let lab = try CredentialLab { request in
            .success(
                .refusal(
                    "SignatureDoesNotMatch",
                    message: "bad: SeCrEt0Key0With30Characters00a CAISSeCrEtToken1234567890abcde"))
        }
        check(await lab.ask(.ramRoleARN(AssumedRole(roleARN: "acs:ram::1:role/r"), source: key)), "AssumeRole")
        let token = try lab.write("token", "CAISSeCrEtToken1234567890abcde")
        let oidc = CredentialSettings.oidcRoleARN(
            roleARN: "acs:ram::1:role/r", providerARN: "p", tokenFile: token, sessionName: nil, stsEndpoint: nil,
            duration: nil)
        lab.answer { _ in .success(.refusal("AuthenticationFail", message: "no: CAISSeCrEtToken1234567890abcde")) }
        check(await lab.ask(oidc), "AssumeRoleWithOIDC")
    }
}
