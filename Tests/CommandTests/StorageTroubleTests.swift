import Model
import Reports
import Testing

/// Whose trouble a daemon reports.
struct StorageTroubleTests {
    private func report(_ error: String, about place: String) -> StorageTroubleReport? {
        let answer: JSONValue = .object([
            "daemon": .object(["pid": .integer(7)]),
            "database": .object(["reachable": .bool(false), "error": .string(error)]),
        ])
        return StorageTroubleReport(answer: answer, about: place)
    }

    @Test(arguments: [
        "/data/p.db: the disk is full", "/data/p.db was replaced by another file",
        "No permission for /data/p.db: denied",
        "See `/data/p.db`.", "It is /data/p.db.", "/other/p.db has it, and /data/p.db too",
    ])
    func `an error that names the database is its own`(error: String) {
        #expect(report(error, about: "/data/p.db")?.error == error)
        #expect(report(error, about: "/data/p.db")?.daemon["pid"] == .integer(7))
    }

    @Test(arguments: [
        "/data/p.db.old: the disk is full", "/srv/data/p.db was replaced", "/data/p.db2: no", "/data/p.db-copy: no",
        "/data/p.db/x: no", "/data/p: no", "",
    ])
    func `an error of a file with a similar name is not`(error: String) {
        #expect(report(error, about: "/data/p.db") == nil)
    }

    @Test func `a server has an address`() {
        #expect(report("The database db1:5432/polarai cannot be used", about: "db1:5432/polarai") != nil)
        #expect(report("The database db1:5432/polarai2 cannot be used", about: "db1:5432/polarai") == nil)
        #expect(report("The database xdb1:5432/polarai cannot be used", about: "db1:5432/polarai") == nil)
    }

    @Test func `a daemon without trouble reports none`() {
        #expect(StorageTroubleReport(answer: nil, about: "/data/p.db") == nil)
        #expect(StorageTroubleReport(answer: .object(["database": .null]), about: "/data/p.db") == nil)
        let fine: JSONValue = .object(["database": .object(["reachable": .bool(true), "error": .string("/data/p.db")])])
        #expect(StorageTroubleReport(answer: fine, about: "/data/p.db") == nil)
    }
}
