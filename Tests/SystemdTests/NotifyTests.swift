import Dispatch
import Foundation
import Synchronization
import Systemd
import Testing

struct NotifyMessageTests {
    @Test func `every message is the assignments of sd_notify(3)`() {
        #expect(NotifyMessage.ready.addingStatus("2 watched").text == "READY=1\nSTATUS=2 watched")
        #expect(NotifyMessage.stopping.text == "STOPPING=1")
        #expect(NotifyMessage.watchdog.text == "WATCHDOG=1")
        #expect(NotifyMessage.extendTimeout(by: .seconds(5)).text == "EXTEND_TIMEOUT_USEC=5000000")
        #expect(NotifyMessage.reloading(monotonic: .milliseconds(1)).text == "RELOADING=1\nMONOTONIC_USEC=1000")
    }

    @Test(arguments: [
        ("a\nREADY=1", "a READY=1"), ("  one \t\r\n two  ", "one two"), ("\u{1b}[31mred", "[31mred"), ("", ""),
        ("培训\u{2028}完成", "培训 完成"),
    ])
    func `a status cannot leave its line`(text: String, expected: String) {
        #expect(NotifyMessage.status(text).text == "STATUS=\(expected)")
    }

    @Test func `a long status is cut between characters`() {
        let text = NotifyMessage.status(String(repeating: "训", count: 1000)).text
        #expect(text.utf8.count <= NotifyMessage.maximumStatusBytes + "STATUS=".utf8.count)
        #expect(text.hasSuffix("训…"))
    }
}

struct SystemdNotifierTests {
    /// Collects what is sent, in order.
    private final class Recorder: Sendable {
        private let messages = Mutex<[String]>([])
        var texts: [String] { messages.withLock { $0 } }
        func record(_ message: NotifyMessage) { messages.withLock { $0.append(message.text) } }
    }

    @Test func `without a manager nothing is sent and nothing fails`() {
        let notifier = SystemdNotifier(environment: [:])
        notifier.ready(status: "x")
        notifier.watchdog()
        #expect(notifier.flush())
    }

    @Test func `a status is sent when its text changed`() {
        let recorder = Recorder()
        let notifier = SystemdNotifier(send: recorder.record)
        notifier.ready(status: "1 watched")
        for text in ["1 watched", "1  watched\n", "2 watched", "2 watched", "1 watched"] {
            notifier.status(text)
            notifier.flush()
        }
        #expect(recorder.texts == ["READY=1\nSTATUS=1 watched", "STATUS=2 watched", "STATUS=1 watched"])
    }

    @Test func `a reload is reported from its beginning to its end`() throws {
        let recorder = Recorder()
        let notifier = SystemdNotifier(send: recorder.record)
        notifier.reloading()
        notifier.ready(status: "reloaded")
        notifier.stopping(status: "stopping")
        notifier.status("2 watched")
        notifier.flush()
        let texts = recorder.texts
        #expect(texts.count == 3, "no other status once the stop has begun")
        let lines = texts[0].split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        let reading = try #require(lines.last?.split(separator: "=").last.flatMap { UInt64($0) })
        #expect(reading > 0 && reading <= DispatchTime.now().uptimeNanoseconds / 1000)
        #expect(texts[1...] == ["READY=1\nSTATUS=reloaded", "STOPPING=1\nSTATUS=stopping"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `a manager that does not read stops nobody, and what waits for it stays small`() {
        let recorder = Recorder()
        let gate = DispatchSemaphore(value: 0)
        let notifier = SystemdNotifier { message in
            gate.wait()
            recorder.record(message)
            gate.signal()
        }
        for number in 0..<10_000 {
            notifier.watchdog()
            notifier.status("\(number) watched")
        }
        #expect(!notifier.flush(within: .milliseconds(10)))
        gate.signal()
        #expect(notifier.flush(within: .seconds(30)))
        #expect(recorder.texts.count <= 4)
        #expect(recorder.texts.last { $0.hasPrefix("STATUS=") } == "STATUS=9999 watched")
    }
}

/// `sd_notify` reads the process's environment, so this suite alone touches it.
@Suite(.serialized)
struct NotifySocketTests {
    @Test func `the messages reach the manager's socket`() throws {
        let manager = try DatagramReceiver()
        setenv("NOTIFY_SOCKET", manager.path, 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        let notifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment)
        notifier.ready(status: "no tasks")
        #expect(manager.receiveText() == "READY=1\nSTATUS=no tasks")
        notifier.watchdog()
        #expect(manager.receiveText() == "WATCHDOG=1")
        #expect(notifier.flush())
    }
}
