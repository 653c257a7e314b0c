import Glibc
import Model
import Store

/// What `doctor` learns from this host: the database and the room for it.
struct DoctorHost {
    let databasePath: String

    /// A busy daemon writes some 100 MB a year; SQLite needs as much again to tidy up.
    private static let leastFree: UInt64 = 200 << 20

    func database() -> DoctorFinding {
        do {
            let reader = try HistoryReader(path: databasePath)
            let daemon = try reader.daemonInfo()
            let counts = try reader.alertCounts()
            let holder =
                daemon.flatMap { $0.isRunning ? "a daemon works on it (pid \($0.pid))" : nil }
                ?? "no daemon works on it now"
            let alerts = counts.dead > 0 ? "; \(counts.dead) alerts are dead: polarai-daemon alerts list" : ""
            let words = "\(databasePath) can be read; \(holder)\(alerts)"
            return counts.dead > 0 ? .worthALook("database", words) : .good("database", words)
        } catch StoreError.missing {
            return .worthALook("database", "\(databasePath) is not there yet; the first start makes it")
        } catch {
            return .fault("database", "\(error)")
        }
    }

    func disk() -> DoctorFinding {
        var folder = databasePath
        repeat {
            folder = folder.lastIndex(of: "/").map { $0 == folder.startIndex ? "/" : String(folder[..<$0]) } ?? "."
        } while access(folder, F_OK) != 0 && folder != "/" && folder != "."
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else {
            return .fault("disk", "\(folder) cannot be looked at: \(String(cString: strerror(errno)))")
        }
        let free = UInt64(information.f_bavail) * UInt64(information.f_frsize)
        let words = "\(Self.size(free)) free in \(folder)"
        // A file system that counts no files (btrfs) tells 0 of 0.
        guard information.f_files == 0 || information.f_favail > 100 else {
            return .fault("disk", "\(folder) can hold no more files; delete some: what cannot be written is not told")
        }
        return free >= Self.leastFree
            ? .good("disk", words)
            : .fault("disk", "only \(words); make room: what cannot be written is not told")
    }

    static func size(_ bytes: UInt64) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        var value = Double(bytes) / 1000
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(value < 10 ? (value * 10).rounded() / 10 : value.rounded()) \(units[unit])"
            .replacing(".0 ", with: " ")
    }
}
