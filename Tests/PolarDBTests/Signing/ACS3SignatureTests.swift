import HTTPTransport
import Model
import PolarDB
import Testing

struct ACS3SignatureTests {
    /// Made with the functions of the official Python SDK (`alibabacloud_tea_openapi` 0.4.6) from a made-up key; F is the
    /// example of "V3 request structure and signature".
    struct Vector: CustomTestStringConvertible, Sendable {
        var name: String
        var clusterID = "pm-2ze99example"
        var extraHeaders: [HTTPHeader] = []
        var isSmallSet = false
        var requestHash: String
        var signature: String
        var testDescription: String { name }

        static let all = [
            Vector(
                name: "A: all headers of the SDK",
                extraHeaders: [HTTPHeader("x-acs-credentials-provider", "static_ak")],
                requestHash: "85ed15419fe7c1c672f857a29933d0e1f8d555495b2cf0be284da500c24bb023",
                signature: "2e5ad75d091fcdc9f33c249c008fc713a960998e96f62e92b5fa673968f8205b"),
            Vector(
                name: "B: with a security token",
                extraHeaders: [
                    HTTPHeader("x-acs-credentials-provider", "static_sts"),
                    HTTPHeader("x-acs-accesskey-id", "LTAI5tFAKEACCESSKEYID001"),
                    HTTPHeader("x-acs-security-token", "FAKE/sts+token=="),
                ],
                requestHash: "5e7e0a1b3eb528cf7601c121cb5a5b497fbd0af09ad6adc6aa2194f57c11b50f",
                signature: "5f8ca9abd9cc04060040dd63b40e4cd9950137b58a738fe0ee93a467165d7ca0"),
            Vector(
                name: "C: a value that needs encoding", clusterID: "pm 2ze*~99+测试/=",
                extraHeaders: [HTTPHeader("x-acs-credentials-provider", "static_ak")],
                requestHash: "6e1df26c667a839f4f251871f50b1f0552406d5df7ca773d5f2b840aaba391b5",
                signature: "05e383da28fd68c36248cac534fe3323faa8872ade87d97216a6fc774da9dd45"),
            Vector(
                name: "D: only what must be signed", isSmallSet: true,
                requestHash: "23dcaf439f391260a25dd12a9346778a450fa662ef291ec2aa6ab1a6098e1c91",
                signature: "06890b123980dd09c813f6de25517ab6bcf7c3af64225ebe847a4fa7383ae129"),
            Vector(
                name: "E: D with a security token",
                extraHeaders: [HTTPHeader("x-acs-security-token", "FAKE/sts+token==")], isSmallSet: true,
                requestHash: "959ae2c6ee56845f226de18390f2867d6f7caee2106ce386af7a987a9f4ea73e",
                signature: "d8809ec7d8060124e2ac896fb94736b6cc3ff56e94d8dd429c6afd894f0f7523"),
        ]

        var headers: [HTTPHeader] {
            var headers = [
                HTTPHeader("host", "polardb.aliyuncs.com"),
                HTTPHeader("x-acs-action", "DescribeAIDBClusterTaskAttribute"),
                HTTPHeader("x-acs-version", "2017-08-01"),
                HTTPHeader("x-acs-date", "2026-01-02T03:04:05Z"),
                HTTPHeader("x-acs-signature-nonce", "0123456789abcdef0123456789abcdef"),
                HTTPHeader("x-acs-content-sha256", ACS3Signature.emptyBodyHash),
            ]
            if !isSmallSet {
                headers += [HTTPHeader("Accept", "application/json"), HTTPHeader("User-Agent", " aitask-monitor/0.1 ")]
            }
            return headers + extraHeaders
        }

        var query: String {
            [
                QueryParameter("RegionId", "cn-beijing"), QueryParameter("DescribeType", "RelatedAITask"),
                QueryParameter("DBClusterId", clusterID),
            ].canonicalQuery
        }
    }

    private static let secret = "FakeSecretForDocsOnly0123456789"

    @Test(arguments: Vector.all)
    func `gives the signature of the official SDK`(vector: Vector) {
        let signed = ACS3Signature(
            method: "POST", query: vector.query, headers: vector.headers, bodyHash: ACS3Signature.emptyBodyHash,
            key: SigningKey(Self.secret))
        #expect(ACS3Signature.sha256(Array(signed.canonicalRequest.utf8)) == vector.requestHash)
        #expect(signed.signature == vector.signature)
    }

    @Test func `gives the signature of the documentation's example`() {
        let signed = ACS3Signature(
            method: "POST",
            query: [
                QueryParameter("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
                QueryParameter("RegionId", "cn-shanghai"),
            ].canonicalQuery,
            headers: [
                HTTPHeader("host", "ecs.cn-shanghai.aliyuncs.com"), HTTPHeader("x-acs-action", "RunInstances"),
                HTTPHeader("x-acs-content-sha256", ACS3Signature.emptyBodyHash),
                HTTPHeader("x-acs-date", "2023-10-26T10:22:32Z"),
                HTTPHeader("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
                HTTPHeader("x-acs-version", "2014-05-26"),
            ],
            bodyHash: ACS3Signature.emptyBodyHash, key: SigningKey("YourAccessKeySecret"))
        #expect(
            signed.authorization(accessKeyID: "YourAccessKeyId")
                == "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
                + "x-acs-date;x-acs-signature-nonce;x-acs-version,"
                + "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    }

    @Test func `writes the canonical request line by line`() {
        let vector = Vector.all[0]
        let signed = ACS3Signature(
            method: "POST", query: vector.query, headers: vector.headers, bodyHash: ACS3Signature.emptyBodyHash,
            key: SigningKey(Self.secret))
        #expect(
            signed.canonicalRequest == """
                POST
                /
                DBClusterId=pm-2ze99example&DescribeType=RelatedAITask&RegionId=cn-beijing
                accept:application/json
                host:polardb.aliyuncs.com
                user-agent:aitask-monitor/0.1
                x-acs-action:DescribeAIDBClusterTaskAttribute
                x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                x-acs-credentials-provider:static_ak
                x-acs-date:2026-01-02T03:04:05Z
                x-acs-signature-nonce:0123456789abcdef0123456789abcdef
                x-acs-version:2017-08-01

                accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;\
                x-acs-signature-nonce;x-acs-version
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                """)
    }

    @Test func `joins values of the same name in order`() {
        let joined = ACS3Signature(
            method: "GET", query: "",
            headers: [HTTPHeader("X-Acs-B", "2"), HTTPHeader("x-acs-b", " 1 "), HTTPHeader("a", "")],
            bodyHash: ACS3Signature.emptyBodyHash, key: SigningKey("s"))
        #expect(joined.canonicalRequest.hasPrefix("GET\n/\n\na:\nx-acs-b:1,2\n\na;x-acs-b\n"))
    }
}
