import Daemon
import Foundation
import Model
import Synchronization
import Systemd

/// What an announcer says to the service manager and to the log.
final class Recorder: Sendable {
    private let messages = Mutex<[String]>([])
    private let pipe = Pipe()
    let output: LogOutput

    init() {
        output = .text(TextLog(descriptor: pipe.fileHandleForWriting.fileDescriptor))
    }

    /// Each message to the service manager, in order.
    var sent: [String] { messages.withLock { $0 } }

    var notifier: SystemdNotifier {
        SystemdNotifier { [self] message in messages.withLock { $0.append(message.text) } }
    }

    /// The lines of the log so far. To be called once, at the end.
    func log() throws -> [String] {
        output.flush(within: .seconds(10))
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}

/// Stands where it is put.
final class StoppedClock: TimeSource {
    private let elapsed = Mutex(Duration.zero)

    func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
    }

    func now() -> Moment {
        let elapsed = elapsed.withLock { $0 }
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: 0).advanced(by: elapsed),
            wall: Timestamp(milliseconds: 1_795_507_200_000).advanced(by: elapsed))
    }
}
