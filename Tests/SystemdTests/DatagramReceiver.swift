import Foundation
import Testing

/// A bound Unix datagram socket, as journald and the service manager have one.
///
/// What is not received waits in the kernel, which takes a bounded number of datagrams: a receiver that never reads
/// stands for a stopped daemon.
final class DatagramReceiver: Sendable {
    let path: String
    private let folder: String
    private let descriptor: Int32

    init() throws {
        folder = NSTemporaryDirectory() + "systemd-tests-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/socket"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, bound == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit {
        close(descriptor)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// - Returns: the next datagram; nil when none has come within the limit.
    func receive(within limit: Duration = .seconds(5)) -> [UInt8]? {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
        guard Glibc.poll(&poll, 1, Int32(milliseconds)) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : Array(buffer[..<count])
    }

    func receiveText(within limit: Duration = .seconds(5)) -> String? {
        receive(within: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The next datagram as the journal entry it must be.
    func receiveEntry() throws -> NativeEntry {
        let datagram = try #require(receive(), "nothing was sent")
        return try #require(NativeEntry(datagram), "not the native protocol")
    }
}

/// Reads the journal's native protocol as journald does, to prove that what we write means what we meant.
struct NativeEntry: Equatable {
    var fields: [String: [[UInt8]]] = [:]

    /// - Returns: nil where the bytes are not whole fields one after another.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let line = rest[..<lineEnd]
            rest = rest[(lineEnd + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                add(line[..<equals], Array(line[(equals + 1)...]))
                continue
            }
            guard rest.count >= 8 else { return nil }
            let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(8)
            guard rest.count > length else { return nil }
            add(line, Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
            guard rest.popFirst() == UInt8(ascii: "\n") else { return nil }
        }
    }

    func text(_ name: String) -> String? {
        fields[name]?.first.map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func add(_ name: ArraySlice<UInt8>, _ value: [UInt8]) {
        fields[String(decoding: name, as: UTF8.self), default: []].append(value)
    }
}
