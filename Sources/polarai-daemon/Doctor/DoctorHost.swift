import Glibc
import Model
import Reports
import Store

/// What `doctor` learns from this host: the database and the room for it.
struct DoctorHost {
    let databasePath: String
    /// What the running daemon reports of it, for example that the file was moved; nil if nothing is wrong.
    var trouble: StorageTroubleReport?

    /// A busy daemon writes some 100 MB a year; SQLite needs as much again to tidy up.
    private static let leastFree: UInt64 = 200 << 20

    func database() -> DoctorFinding {
        if let trouble { return .fault("database", trouble.sentence) }
        do {
            let reader = try HistoryReader(path: databasePath)
            try reader.checkIntegrity()
            let daemon = try reader.daemonInfo()
            let counts = try reader.alertCounts()
            let holder =
                daemon.flatMap { $0.isRunning ? "a daemon is using it (pid \($0.pid))" : nil }
                ?? "no daemon is using it now"
            let alerts =
                counts.dead > 0
                ? "; \(counts.dead) dead \(counts.dead == 1 ? "alert" : "alerts") (see: polarai-daemon alerts list)"
                : ""
            let words = "\(databasePath) can be read; \(holder)\(alerts)"
            return counts.dead > 0 ? .worthALook("database", words) : .good("database", words)
        } catch StoreError.missing {
            return .worthALook("database", "\(databasePath) does not exist yet; the first start creates it")
        } catch {
            return .fault("database", "\(error)")
        }
    }

    /// None if the database cannot be read, which is reported beside this.
    func suspendedTargets() -> [String: SuspendedTarget] {
        let targets = (try? HistoryReader(path: databasePath).suspendedTargets()) ?? []
        return Dictionary(targets.map { ($0.name, $0) }) { first, _ in first }
    }

    static func sqlite() -> DoctorFinding {
        let version = SQLiteLibrary.version
        guard SQLiteLibrary.canLoseCommits else { return .good("sqlite", version) }
        return .worthALook(
            "sqlite",
            "\(version) can lose commits if another program writes to the database while the daemon runs, for example "
                + "sqlite3 or Litestream; let other programs only read it, or install SQLite 3.51.3 or newer")
    }

    func disk() -> DoctorFinding {
        var folder = databasePath
        repeat {
            folder = folder.lastIndex(of: "/").map { $0 == folder.startIndex ? "/" : String(folder[..<$0]) } ?? "."
        } while access(folder, F_OK) != 0 && folder != "/" && folder != "."
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else {
            return .fault("disk", "\(folder) cannot be checked: \(String(cString: strerror(errno)))")
        }
        let free = UInt64(information.f_bavail) * UInt64(information.f_frsize)
        let words = "\(Self.size(free)) free in \(folder)"
        // A file system that does not count files (btrfs) reports 0 of 0.
        guard information.f_files == 0 || information.f_favail > 100 else {
            return .fault(
                "disk",
                "the file system of \(folder) has no free inodes; delete some files: no alerts can be sent while the "
                    + "database cannot be written"
            )
        }
        return free >= Self.leastFree
            ? .good("disk", words)
            : .fault("disk", "only \(words); free some space: no alerts can be sent while the disk is full")
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
