import Dispatch
import Foundation

/// The program's main function, by the name that SwiftPM gives it: libFuzzer has the loop, POLARAI_FUZZ_ENTRY says who reads
/// what it makes up.
@_cdecl("polarai_fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    let name = ProcessInfo.processInfo.environment["POLARAI_FUZZ_ENTRY"] ?? ""
    guard FuzzEntry(rawValue: name) != nil else {
        let names = FuzzEntry.allCases.map(\.rawValue).joined(separator: ", ")
        FileHandle.standardError.write(Data("POLARAI_FUZZ_ENTRY is not one of \(names)\n".utf8))
        return 64
    }
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, feed)
}

/// Of libFuzzer (FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ feed: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What libFuzzer calls, also by its own main function, which is linked and not used.
@_cdecl("LLVMFuzzerTestOneInput")
public func feed(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
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

private let entry = FuzzEntry(rawValue: ProcessInfo.processInfo.environment["POLARAI_FUZZ_ENTRY"] ?? "") ?? .answers
