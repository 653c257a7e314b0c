import Glibc
import Model

/// What the kernel says of this process: proc(5).
package struct ProcessFigures: Hashable, Sendable {
    /// Seconds since 1970.
    package let startTime: Double?
    /// Seconds, user and system together.
    package let cpu: Double?
    /// In bytes.
    package let residentMemory: Double?
    package let openFiles: Double?
    package let mostFiles: Double?

    /// How this process stands now; what the kernel does not say is nil.
    package static func current() -> ProcessFigures {
        let fields = statFields(read("/proc/self/stat"))
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        let boot = read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Numbers.double($0.dropFirst(6)) }
        // Counted behind the name, which is the second field: utime is the 14th, stime the 15th, starttime the 22nd and
        // rss the 24th.
        let times = [field(fields, 14), field(fields, 15)].compactMap(\.self)
        let start = field(fields, 22)
        return ProcessFigures(
            startTime: boot.flatMap { boot in start.map { boot + $0 / ticks } },
            cpu: times.count == 2 ? (times[0] + times[1]) / ticks : nil,
            residentMemory: field(fields, 24).map { $0 * page }, openFiles: countOpenFiles(), mostFiles: fileLimit())
    }

    /// As metrics: the daemon's with the prefix `polarai_`, another program's without.
    package func families(ofDaemon: Bool) -> [MetricFamily] {
        let metrics: [(Metric, Double?)] =
            ofDaemon
            ? [
                (.daemonStartTime, startTime), (.daemonCPU, cpu), (.daemonMemory, residentMemory),
                (.daemonOpenFiles, openFiles), (.daemonMostFiles, mostFiles),
            ]
            : [
                (.webStartTime, startTime), (.webCPU, cpu), (.webMemory, residentMemory), (.webOpenFiles, openFiles),
                (.webMostFiles, mostFiles),
            ]
        return metrics.compactMap { metric, value in value.map { MetricFamily(metric, $0) } }
    }

    /// The fields behind the name of the program, which may hold spaces and parentheses.
    private static func statFields(_ text: String) -> [Substring] {
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func field(_ fields: [Substring], _ number: Int) -> Double? {
        // The first of them is the third field.
        fields.indices.contains(number - 3) ? Numbers.double(fields[number - 3]) : nil
    }

    private static func read(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while bytes.count < mostBytes {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `/proc/stat` has a line for each core and a number for each interrupt.
    private static let mostBytes = 4 << 20

    private static func countOpenFiles() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // Neither `.` nor `..`.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // One of them was opened to count them.
        return Double(max(0, count - 1))
    }

    private static func fileLimit() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }
}
