import Wire

/// One server of an address.
package struct PostgresHost: Hashable, Sendable, CustomStringConvertible {
    /// How it is reached.
    package enum Place: Hashable, Sendable {
        /// The folder of a Unix socket; nil means libpq's own.
        case socket(String?)
        /// A name or an IP address.
        case network(String)
    }

    package let place: Place
    /// The IP address, where the config names it beside the name.
    let address: String?
    package let port: Int

    private static let defaultPort = 5432

    /// On this host: a Unix socket or a loopback address.
    package var isLocal: Bool {
        switch place {
        case .socket: true
        case .network(let name): WebAddress.isLoopback(address ?? name.lowercased())
        }
    }

    package var description: String {
        switch place {
        case .socket(let folder): "\(folder ?? "the Unix socket"):\(port)"
        case .network(let name): name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
        }
    }

    /// - Throws: `PostgresError` of kind `address`, without a word of the address.
    static func list(hosts: String?, addresses: String?, ports: String?) throws(PostgresError) -> [PostgresHost] {
        let names = items(hosts) ?? items(addresses) ?? [""]
        let addresses = items(addresses)
        let ports = items(ports) ?? [""]
        guard names.count <= PostgresAddress.mostHosts else {
            throw .wrong("names more than \(PostgresAddress.mostHosts) servers")
        }
        guard addresses.map({ $0.count == names.count }) ?? true else {
            throw .wrong("has more or fewer hostaddr values than hosts; write one for each host, or none")
        }
        guard ports.count == 1 || ports.count == names.count else {
            throw .wrong("has more or fewer ports than hosts; write one port for all, or one for each")
        }
        var list: [PostgresHost] = []
        for (position, name) in names.enumerated() {
            let port = ports.count == 1 ? ports[0] : ports[position]
            guard let number = port.isEmpty ? defaultPort : Int(port), (1...65_535).contains(number) else {
                throw .wrong("has a port that is not a number from 1 to 65535")
            }
            let address = addresses.flatMap { $0[position].isEmpty ? nil : $0[position] }
            let place: Place
            if name.isEmpty, address == nil {
                place = .socket(nil)
            } else if name.hasPrefix("/") || name.hasPrefix("@") {
                place = .socket(name)
            } else {
                let shown = name.isEmpty ? address ?? "" : name
                guard shown.utf8.allSatisfy({ $0 < 0x80 }) else {
                    throw .wrong(
                        "has non-ASCII letters in its host; write its punycode form, which begins with xn--")
                }
                guard shown.utf8.allSatisfy({ $0.isWordCharacter || "-.:%".utf8.contains($0) }), shown.utf8.count <= 255
                else { throw .wrong("has a host that is not a name or an IP address") }
                place = .network(shown)
            }
            list.append(PostgresHost(place: place, address: address, port: number))
        }
        return list
    }

    private static func items(_ text: String?) -> [String]? {
        text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
