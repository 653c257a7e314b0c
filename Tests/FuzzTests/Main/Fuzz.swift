import Dispatch
import Foundation

/// What libFuzzer calls with each text it makes up: POLARAI_FUZZ_ENTRY says who reads it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        do {
            try await entry.feed(bytes)
        } catch {
            FileHandle.standardError.write(Data("\(entry): \(error)\n".utf8))
            abort()
        }
        done.signal()
    }
    done.wait()
    return 0
}

private let entry: FuzzEntry = {
    let name = ProcessInfo.processInfo.environment["POLARAI_FUZZ_ENTRY"] ?? ""
    guard let entry = FuzzEntry(rawValue: name) else {
        let names = FuzzEntry.allCases.map(\.rawValue).joined(separator: ", ")
        FileHandle.standardError.write(Data("POLARAI_FUZZ_ENTRY is not one of \(names)\n".utf8))
        exit(64)
    }
    return entry
}()
