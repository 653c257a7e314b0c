import CPostgres
import Glibc

/// libpq takes from variables such as `PGHOSTADDR` whatever a connection is not given. Only the config says where the
/// database is, so they are removed.
enum PostgresEnvironment {
    /// Where libpq's file of passwords is: the one that is kept.
    private static let kept = "PGPASSFILE"

    /// Removes them from this process, and so from what it starts. Where there are none it changes nothing.
    static func clear() {
        for name in foreignNames() { unsetenv(name) }
    }

    private static func foreignNames() -> [String] {
        guard var entry = polarai_postgres_environment() else { return [] }
        var names: [String] = []
        while let text = entry.pointee {
            entry += 1
            // Compared as bytes: this runs at every connection, and hardly ever finds one.
            guard text[0] == CChar(UInt8(ascii: "P")), text[1] == CChar(UInt8(ascii: "G")),
                let end = strchr(text, Int32(UInt8(ascii: "=")))
            else { continue }
            let name = String(
                decoding: UnsafeRawBufferPointer(start: text, count: text.distance(to: end)), as: UTF8.self)
            if name != kept { names.append(name) }
        }
        return names
    }
}
