import Model

/// Where a region's API is called.
///
/// The rule of the official SDKs (their `_endpointMap`, "Endpoints" page of the PolarDB API reference): eight public
/// regions, and some that are not, share `polardb.aliyuncs.com`; every other has `polardb.REGION.aliyuncs.com`. Within a VPC each public region
/// has its own host, the mapped ones too, which the SDKs get wrong because they look at the map first.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// How the requests travel.
    package enum Scheme: String, Sendable {
        case https
        /// On loopback only: nothing signed travels in the clear.
        case http
    }

    package let scheme: Scheme
    /// As the `Host` header carries it: lower case, the port only if it is not the scheme's own.
    package let host: String
    /// The address of the API's one path.
    package let url: String

    /// By region.
    ///
    /// - Parameter region: not empty.
    package init(region: String, usesVPC: Bool) {
        let host =
            usesVPC
            ? "polardb-vpc.\(region).aliyuncs.com"
            : Self.sharedRegions.contains(region) ? "polardb.aliyuncs.com" : "polardb.\(region).aliyuncs.com"
        self.init(.https, host)
    }

    private init(_ scheme: Scheme, _ host: String) {
        self.scheme = scheme
        self.host = host
        url = "\(scheme.rawValue)://\(host)/"
    }

    /// What a config gives as `endpoint`: `host`, `host:port`, or an URL without a path.
    ///
    /// - Throws: `EndpointError`, which says what would be right.
    package init(_ text: String) throws(EndpointError) {
        let trimmed = text.trimmed
        // What stands before an `@` may be a password.
        let shown = trimmed.utf8.contains(UInt8(ascii: "@")) ? "this" : "\"\(trimmed.cut(bytes: 200))\""
        guard let address = WebAddress(trimmed.contains("://") ? trimmed : "https://" + trimmed) else {
            throw EndpointError("\(shown) is not an endpoint; write HOST, HOST:PORT or https://HOST, without a path")
        }
        guard let scheme = Scheme(rawValue: address.scheme) else {
            throw EndpointError("\(shown) is not an http or https URL; write the host alone, or https://HOST")
        }
        // The signed `Host` header carries the name byte for byte.
        guard !address.hasUser, address.query == nil, !address.hasFragment, ["", "/"].contains(address.path),
            address.host.utf8.allSatisfy({ $0 < 0x80 })
        else {
            throw EndpointError("\(shown) is not an endpoint; write HOST, HOST:PORT or https://HOST, without a path")
        }
        if scheme == .http, !address.isLoopback {
            throw EndpointError("\(shown) would send signed requests unencrypted; http:// is for loopback only")
        }
        let ownPort = scheme == .https ? 443 : 80
        let name = address.host.contains(":") ? "[\(address.host)]" : address.host
        self.init(scheme, address.port.map { $0 == ownPort ? name : "\(name):\($0)" } ?? name)
    }

    package var description: String { scheme == .https ? host : "\(scheme.rawValue)://\(host)" }

    private static let sharedRegions: Set<String> = [
        "cn-qingdao", "cn-beijing", "cn-wulanchabu", "cn-hangzhou", "cn-shanghai", "cn-heyuan", "cn-hangzhou-finance",
        "cn-beijing-finance-1",
        // Of governments and of Alibaba itself.
        "ap-northeast-2-pop", "cn-beijing-finance-pop", "cn-beijing-gov-1", "cn-beijing-nu16-b01", "cn-edge-1",
        "cn-fujian", "cn-haidian-cm12-c01", "cn-hangzhou-bj-b01", "cn-hangzhou-internal-prod-1",
        "cn-hangzhou-internal-test-1", "cn-hangzhou-internal-test-2", "cn-hangzhou-internal-test-3",
        "cn-hangzhou-test-306", "cn-hongkong-finance-pop", "cn-huhehaote-nebula-1", "cn-north-2-gov-1",
        "cn-qingdao-nebula", "cn-shanghai-et15-b01", "cn-shanghai-et2-b01", "cn-shanghai-inner",
        "cn-shanghai-internal-test-1", "cn-shenzhen-inner", "cn-shenzhen-st4-d01", "cn-shenzhen-su18-b01", "cn-wuhan",
        "cn-yushanfang", "cn-zhangbei", "cn-zhangbei-na61-b01", "cn-zhangjiakou-na62-a01", "cn-zhengzhou-nebula-1",
        "eu-west-1-oxs", "rus-west-1-pop",
    ]
}

/// Why a text is not an endpoint, and what would be right.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
