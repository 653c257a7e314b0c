import CCrypt
import Glibc

/// bcrypt, by the C library's crypt(3).
enum PasswordHash {
    /// Whether a password is the one of a hash. Takes a tenth of a second or more, as it is meant to.
    static func matches(_ password: [UInt8], _ hash: String) -> Bool {
        // crypt takes a text of C: a password with a zero byte would be cut there.
        guard !password.isEmpty, !password.contains(0), password.count <= 1024 else { return false }
        var data = crypt_data()
        return (password.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { phrase in
            guard let start = phrase.baseAddress, let result = crypt_r(start, hash, &data) else { return false }
            return ConstantTime.equal(Array(String(cString: result).utf8), Array(hash.utf8))
        }
    }

    /// What a name without a hash is compared with, so that it takes as long as one with a hash of this cost.
    static func decoy(cost: Int) -> String {
        let digits = String(min(max(cost, 4), 31))
        return "$2y$\(digits.count == 1 ? "0" : "")\(digits)$abcdefghijklmnopqrstuuJmbYyNTXXHOuvLGbqCEz5Ayum5sYNGS"
    }

    /// The cost in a hash: the logarithm of the number of rounds.
    static func cost(of hash: String) -> Int? {
        let parts = hash.split(separator: "$")
        return parts.count == 3 ? Int(parts[1]) : nil
    }
}

enum ConstantTime {
    /// Whether two texts are the same, in a time that does not depend on where they differ.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
