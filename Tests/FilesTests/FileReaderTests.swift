import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Files

@Suite(.timeLimit(.minutes(10)))
struct FileReaderTests {
    @Test func `reads a regular file, and one through a link`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("secret", "abc\n")
        #expect(symlink(folder.file("secret"), folder.file("link")) == 0)
        #expect(try await FileReader().read(folder.file("secret")).bytes == Array("abc\n".utf8))
        #expect(try await FileReader().read(folder.file("link")).bytes == Array("abc\n".utf8))
        #expect(try FileSnapshot(path: folder.file("secret"), maximumSize: 4).bytes.count == 4)
        #expect(try FileSnapshot(path: "/proc/self/status", maximumSize: 1 << 20).bytes.count > 100)
    }

    @Test func `a named pipe whose writer says nothing is refused at once`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        // A reader and a writer, so that nobody's open waits.
        let writer = open(path, O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        let fault = await #expect(throws: FileFault.self) { try await FileReader().read(path, within: .seconds(30)) }
        #expect(fault?.message == "is a named pipe, not a regular file")
        // Where pipes are taken, they have a limit.
        let stalled = #expect(throws: FileFault.self) {
            try FileSnapshot(path: path, maximumSize: 10, pipeLimit: .milliseconds(100))
        }
        #expect(stalled?.cause == .stalled(.milliseconds(100)))
    }

    @Test func `a pipe is read to its end where it is taken`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(write(ends[1], "hello", 5) == 5)
        close(ends[1])
        let snapshot = try FileSnapshot(path: "/dev/fd/\(ends[0])", maximumSize: 10, pipeLimit: .seconds(5))
        close(ends[0])
        #expect(snapshot.bytes == Array("hello".utf8))
    }

    @Test(arguments: [
        ("/dev/zero", "is a device, not a regular file"), ("/tmp", "is a folder, not a file"),
        ("/nowhere/at/all", "does not exist"), ("/etc/passwd/x", "does not exist"),
    ])
    func `says what it is instead`(path: String, words: String) async {
        let fault = await #expect(throws: FileFault.self) { try await FileReader().read(path) }
        #expect(fault?.message == words)
    }

    @Test func `a file beyond the limit is not read`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("large", String(repeating: "x", count: 1001))
        let path = folder.file("large")
        #expect(try await FileReader().read(path, maximumSize: 1001).bytes.count == 1001)
        let fault = await #expect(throws: FileFault.self) { try await FileReader().read(path, maximumSize: 1000) }
        #expect(fault?.message.hasPrefix("is too large for such a file") == true)
    }

    @Test func `a stamp distinguishes another file of the same size and time`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "one")
        try folder.write("b", "two")
        let path = folder.file("a")
        let before = FileStamp(path)
        #expect(before == FileStamp(path))
        #expect(rename(folder.file("b"), path) == 0)
        #expect(FileStamp(path) != before)
        #expect(FileStamp(folder.file("none")) == nil)
    }

    @Test func `work that hangs is given up by all who wait, and holds one thread`() async throws {
        let flight = SingleFlight<String, Int>()
        let gate = DispatchSemaphore(value: 0)
        let starts = Mutex(0)
        let work: @Sendable () -> Int = {
            starts.withLock { $0 += 1 }
            gate.wait()
            return 7
        }
        for _ in 0..<5 {
            #expect(await flight.value(for: "mount", within: .milliseconds(20), work) == nil)
        }
        #expect(starts.withLock { $0 } == 1)
        // Others are served meanwhile.
        #expect(await flight.value(for: "disk", within: .seconds(20)) { 1 } == 1)
        // It comes back: whoever asks now gets its value, or has the work done anew.
        gate.signal()
        gate.signal()
        #expect(await flight.value(for: "mount", within: .seconds(20), work) == 7)
        #expect(starts.withLock { $0 } <= 2)
    }

    @Test func `a file on a mount that does not answer is given up, and costs nothing until it answers`() throws {
        let folder = try TemporaryFolder()
        try folder.write("good", "g")
        let gate = DispatchSemaphore(value: 0)
        let reads = Mutex(0)
        let reader = FileReader { (path, maximumSize, pipeLimit) throws(FileFault) in
            if path == "/mnt/dead/secret" {
                reads.withLock { $0 += 1 }
                gate.wait()
                throw FileFault(path: path, .system(EIO))
            }
            return try FileSnapshot(path: path, maximumSize: maximumSize, pipeLimit: pipeLimit)
        }
        #expect(try reader.readNow(folder.file("good")).bytes == [0x67])
        let stalled = #expect(throws: FileFault.self) {
            try reader.readNow("/mnt/dead/secret", within: .milliseconds(50))
        }
        #expect(stalled?.cause == .stalled(.milliseconds(50)))
        let begin = ContinuousClock.now
        for _ in 0..<200 {
            let again = #expect(throws: FileFault.self) { try reader.readNow("/mnt/dead/secret", within: .seconds(20)) }
            #expect(again?.message.contains("network mount") == true)
        }
        #expect(begin.duration(to: .now) < .seconds(20), "none of them waits")
        #expect(reads.withLock { $0 } == 1, "and only one thread hangs")
        #expect(try reader.readNow(folder.file("good")).bytes == [0x67], "other files are read")
        // Once it answers, it is asked again.
        gate.signal()
        gate.signal()
        var cause = FileFault.Cause.stalled(.zero)
        for _ in 0..<2000 where cause != .system(EIO) {
            do throws(FileFault) { _ = try reader.readNow("/mnt/dead/secret", within: .seconds(20)) } catch {
                cause = error.cause
            }
            usleep(1000)
        }
        #expect(cause == .system(EIO))
    }

    @Test func `a cancelled caller does not wait for the limit`() async throws {
        let flight = SingleFlight<String, Int>()
        let gate = DispatchSemaphore(value: 0)
        let task = Task {
            await flight.value(for: "k", within: .seconds(600)) {
                gate.wait()
                return 1
            }
        }
        task.cancel()
        #expect(await task.value == nil)
        gate.signal()
    }

    @Test func `many at once are all answered`() async {
        let flight = SingleFlight<Int, Int>()
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<2000 {
                group.addTask { await flight.value(for: number, within: .seconds(30)) { number } ?? -1_000_000 }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 1999 * 1000)
    }
}
