import Dispatch
import Glibc
import Store

/// SIGINT, SIGTERM or SIGHUP while a copy is made: what there is of it is removed, and the program ends as the signal ends
/// any other.
enum CopyInterruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    private static let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    /// Written once, before there is a copy.
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    /// From when this returns until the program ends. A signal that is ignored, as under nohup(1), stays so.
    static func watch() {
        sources = signals.filter { !isIgnored($0) }.map(source)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        return sigaction(number, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignored
    }

    private static func source(_ number: Int32) -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            UnfinishedCopy.remove()
            end(by: number)
        }
        let registered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { registered.signal() }
        source.activate()
        registered.wait()
        return source
    }

    private static func end(by number: Int32) {
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        // libdispatch's threads let no signal in.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
    }
}
