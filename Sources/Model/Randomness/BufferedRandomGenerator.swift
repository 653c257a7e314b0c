import Glibc

/// The system's random numbers, fetched many at a time: one then costs nanoseconds in place of a call into the kernel.
///
/// A class, because a copy would give what the original gives, too.
package final class BufferedRandomGenerator: RandomNumberGenerator {
    private var numbers: [UInt64] = []
    private var system = SystemRandomNumberGenerator()

    /// 256 bytes are what `getentropy` gives at once.
    private static let numbersAtOnce = 32

    package init() {}

    package func next() -> UInt64 {
        if numbers.isEmpty { refill() }
        return numbers.popLast() ?? system.next()
    }

    private func refill() {
        numbers = [UInt64](unsafeUninitializedCapacity: Self.numbersAtOnce) { buffer, count in
            let isFilled = getentropy(buffer.baseAddress, Self.numbersAtOnce * MemoryLayout<UInt64>.size) == 0
            count = isFilled ? Self.numbersAtOnce : 0
        }
    }
}
