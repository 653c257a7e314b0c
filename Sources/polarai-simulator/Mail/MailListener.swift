import Foundation
import Model
import Synchronization

/// Listens for mails on 127.0.0.1, without TLS, one thread a connection.
final class MailListener: Sendable {
    let port: Int
    private let socket: Int32
    private let world: World
    private let users: [String: String]
    private let plan: Mutex<[MailScript.Step]>

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter port: 0 lets the kernel choose.
    /// - Throws: `Failure` if the port is taken.
    init(port: Int, script: MailScript, world: World) throws {
        self.world = world
        users = script.users
        plan = Mutex(script.plan)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard socket >= 0, isListening else {
            throw Failure(description: "port \(port) for mails: \(String(cString: strerror(errno)))")
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    func start() {
        Thread { [self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { continue }
                Thread { self.serve(connection) }.start()
            }
        }.start()
    }

    /// The next planned answer of a moment.
    private func planned(_ moment: MailScript.Step.Moment, _ address: String?) -> String? {
        plan.withLock { plan in
            let index = plan.firstIndex {
                $0.at == moment && ($0.address == nil || $0.address == address) && $0.times != 0
            }
            guard let index else { return nil }
            if let times = plan[index].times { plan[index].times = times - 1 }
            return plan[index].reply
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var conversation = MailConversation(users: users, planned: planned)
        guard send(conversation.greeting(), to: connection) else { return }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            buffer += chunk[..<count]
            while let end = buffer.firstRange(of: [13, 10]) {
                let line = Array(buffer[..<end.lowerBound])
                buffer.removeFirst(end.upperBound)
                let before = conversation.mails.count
                let answer = conversation.take(line)
                for mail in conversation.mails.dropFirst(before) { record(mail) }
                guard send(answer, to: connection) else { return }
            }
            guard buffer.count < 4096 else { return }
        }
    }

    /// - Returns: whether the connection goes on.
    private func send(_ answer: MailConversation.Answer, to connection: Int32) -> Bool {
        func write(_ text: String) {
            let bytes = Array((text + "\r\n").utf8)
            _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        switch answer {
        case .nothing: return true
        case .say(let text):
            write(text)
            return true
        case .sayAndClose(let text):
            write(text)
            return false
        case .close: return false
        case .silence:
            // Until the client has had enough.
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            return false
        }
    }

    /// Waits until it is listed, so that whoever gets the answer finds the mail.
    private func record(_ mail: MailConversation.Mail) {
        let isListed = DispatchSemaphore(value: 0)
        Task { [world] in
            await world.take(mail, at: HostClock.now)
            isListed.signal()
        }
        _ = isListed.wait(timeout: .now() + 10)
    }
}
