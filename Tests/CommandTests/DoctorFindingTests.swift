import Config
import Model
import Reports
import Store
import TestSupport
import Testing

@testable import polarai_daemon

struct DoctorFindingTests {
    @Test func `a clock within half a minute is good`() {
        #expect(DoctorAPI.clock(.zero).words == "within 1 s of Alibaba Cloud's")
        #expect(DoctorAPI.clock(.milliseconds(-1700)).words == "within 2 s of Alibaba Cloud's")
        #expect(DoctorAPI.clock(.seconds(30)).grade == .good)
        let ahead = DoctorAPI.clock(.milliseconds(-31_200))
        #expect(ahead.grade == .fault)
        #expect(ahead.words.contains("31s ahead of"))
        #expect(DoctorAPI.clock(.seconds(7200)).words.contains("2h behind"))
    }

    @Test func `a fault outweighs an API that does not answer`() {
        func status(_ grades: DoctorFinding.Grade...) -> Int32 {
            var report = DoctorReport(isColoured: false, secrets: UnitSecrets { _ in "" })
            for grade in grades { report.note(grade) }
            return report.status.rawValue
        }
        #expect(status(.good, .worthALook) == 0)
        #expect(status(.unreachable, .good) == 69)
        #expect(status(.unreachable, .fault) == 1)
        #expect(status(.fault, .unreachable) == 1)
    }

    @Test func `what needs a credential of the unit is not checked, and no fault`() throws {
        let reading = SecretReading(environment: HostEnvironment(variables: [:]))
        let secrets = UnitSecrets { try reading.read($0) }
        let error = #expect(throws: SecretError.self) { _ = try secrets.read(Secret(.credential("chat-url"))) }
        let words = "one of its secrets cannot be read: \(error?.message ?? "")"
        let found = secrets.graded(.fault("target chat (webhook)", words))
        #expect(found.grade == .worthALook)
        #expect(found.words == "not checked: \(words)")
        // Another secret that is missing stays a fault.
        let missing = #expect(throws: SecretError.self) {
            _ = try secrets.read(Secret(.environment("NOT_SET_ANYWHERE")))
        }
        #expect(secrets.graded(.fault("target b", missing?.message ?? "")).grade == .fault)
        #expect(secrets.graded(.unreachable("endpoint", words)).grade == .unreachable)
    }

    @Test func `a line is one line, whatever is in it`() {
        let line = DoctorFinding.fault("target a\nb", "x\u{1B}[31m").line(isColoured: false)
        #expect(line.hasPrefix("✗ target a"))
        #expect(!line.contains("\n"))
        #expect(!line.contains("\u{1B}"))
        #expect(
            String(
                decoding: TerminalText.output(DoctorFinding.good("disk", "ok").line(isColoured: true)), as: UTF8.self)
                == "\u{1B}[32m✓\u{1B}[0m disk: ok")
    }

    @Test func `a database that is not there, that is, and that is none`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("polarai.db")
        #expect(DoctorHost(databasePath: path).database().grade == .worthALook)
        let store = try EventStore(path: path, at: Timestamp(milliseconds: 0), durability: .none)
        try store.close()
        let found = DoctorHost(databasePath: path).database()
        #expect(found.grade == .good)
        #expect(found.words == "\(path) can be read; no daemon is using it now")
        let rubbish = try folder.write("other.db", "no database at all, but long enough to be looked at")
        #expect(DoctorHost(databasePath: rubbish).database().grade == .fault)
    }

    @Test func `a database that was moved under a running daemon is a fault, in the words of status`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("polarai.db")
        let error = "\(path) was moved or removed while the daemon was running."
        let trouble = StorageTroubleReport(json: .object(["error": .string(error)]), error: error, daemon: .null)
        let missing = DoctorHost(databasePath: path, trouble: trouble).database()
        #expect(missing.grade == .fault)
        #expect(missing.words == trouble.sentence && missing.words.contains(error))
        // Another file in its place looks good, and is not the daemon's.
        try EventStore(path: path, at: Timestamp(milliseconds: 0), durability: .none).close()
        #expect(DoctorHost(databasePath: path, trouble: trouble).database() == missing)
    }

    @Test func `the room is that of the nearest folder that is there`() throws {
        let folder = try TemporaryFolder()
        let finding = DoctorHost(databasePath: folder.file("not/made/yet.db")).disk()
        #expect(finding.words.contains(" free in \(folder.path)"))
        #expect(DoctorHost.size(0) == "0 kB")
        #expect(DoctorHost.size(999_000) == "999 kB")
        #expect(DoctorHost.size(1_540_000_000) == "1.5 GB")
        #expect(DoctorHost.size(23_400_000_000_000) == "23 TB")
    }
}
