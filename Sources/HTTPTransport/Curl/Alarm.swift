import CEpoll
import Glibc

/// Ends the loop's wait from any thread: a descriptor that is readable once it was rung.
final class Alarm: Sendable {
    /// Negative if the process had no descriptors left; ringing does nothing then.
    let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Records all calls so far.
    func clear() {
        var calls: UInt64 = 0
        _ = read(descriptor, &calls, 8)
    }
}
