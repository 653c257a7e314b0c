import Glibc
import Model

/// The name by which this host greets a mail server (RFC 5321, 4.1.1.1): its full name, else an address literal.
enum MailHello {
    /// May wait for the resolver.
    static func name() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return literal() }
        let host = text(buffer)
        if isFull(host) { return host }
        return canonicalName(of: host) ?? literal()
    }

    private static func isFull(_ name: String) -> Bool {
        name.contains(".") && !name.hasPrefix("localhost") && !name.hasSuffix(".")
            && name.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func canonicalName(of host: String) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        guard let name = found?.pointee.ai_canonname.map({ String(cString: $0) }), isFull(name) else { return nil }
        return name
    }

    /// `[192.0.2.7]`: the address by which packets leave this host.
    private static func literal() -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return "[127.0.0.1]" }
        defer { close(descriptor) }
        // Connecting a datagram socket only asks the routing table. The address is one for documentation.
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(25).bigEndian
        inet_pton(AF_INET, "192.0.2.1", &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let hasAddress = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        var buffer = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        guard hasAddress, inet_ntop(AF_INET, &address.sin_addr, &buffer, socklen_t(buffer.count)) != nil else {
            return "[127.0.0.1]"
        }
        return "[\(text(buffer))]"
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
