import Glibc

/// What a program prints, as much of it as is kept.
struct ProgramOutput {
    let limit: Int
    /// False once everybody who could write has closed it.
    private(set) var isOpen = true
    private(set) var isTooLong = false
    private let keepsEnd: Bool
    private var kept: [UInt8] = []

    init(_ output: ProgramOrder.Output) {
        switch output {
        case .whole(let limit): (self.limit, keepsEnd) = (limit, false)
        case .last(let limit): (self.limit, keepsEnd) = (limit, true)
        }
    }

    var bytes: [UInt8] { keepsEnd ? Array(kept.suffix(limit)) : kept }

    /// How much is read in one go from a program that prints without end.
    private static let mostAtOnce = 1 << 20

    /// Reads what is there.
    mutating func drain(_ descriptor: Int32) {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        var total = 0
        while isOpen, !isTooLong, total < Self.mostAtOnce {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isOpen = count < 0 && errno == EAGAIN
                return
            }
            total += count
            kept += chunk[..<count]
            if keepsEnd {
                if kept.count > 4 * limit { kept.removeFirst(kept.count - limit) }
            } else {
                isTooLong = kept.count > limit
            }
        }
    }
}
