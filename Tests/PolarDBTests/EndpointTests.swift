import PolarDB
import Testing

struct EndpointTests {
    @Test(arguments: [
        ("cn-beijing", false, "polardb.aliyuncs.com"), ("cn-hangzhou-finance", false, "polardb.aliyuncs.com"),
        ("cn-shenzhen", false, "polardb.cn-shenzhen.aliyuncs.com"), ("cn-north-2-gov-1", false, "polardb.aliyuncs.com"),
        ("ap-southeast-1", false, "polardb.ap-southeast-1.aliyuncs.com"),
        ("cn-beijing", true, "polardb-vpc.cn-beijing.aliyuncs.com"),
        ("eu-central-1", true, "polardb-vpc.eu-central-1.aliyuncs.com"),
    ])
    func `follows the region and the network`(region: String, usesVPC: Bool, host: String) {
        let endpoint = Endpoint(region: region, usesVPC: usesVPC)
        #expect(endpoint.host == host)
        #expect(endpoint.url == "https://\(host)/")
    }

    @Test(arguments: [
        ("Polardb.Example.com", "https://polardb.example.com/"), ("h:8443", "https://h:8443/"), ("h:443", "https://h/"),
        ("https://h/", "https://h/"), ("https://h:443", "https://h/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://localhost:80/", "http://localhost/"), ("http://[::1]:9", "http://[::1]:9/"), (" h ", "https://h/"),
    ])
    func `takes an endpoint of the config`(text: String, url: String) throws {
        #expect(try Endpoint(text).url == url)
    }

    @Test(arguments: [
        "", "https://", "ftp://h", "http://polardb.aliyuncs.com", "h:0", "h:99999", "h:x", "h/path", "https://h/?a=b",
        "user@h", "h h", "http://127.evil.com", "http://127.evil.co.uk", "http://localhost.evil.com", "[::1",
    ])
    func `refuses what is not an endpoint or sends in the clear`(text: String) {
        #expect(throws: EndpointError.self) { try Endpoint(text) }
    }
}
