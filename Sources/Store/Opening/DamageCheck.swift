import Glibc

/// Tells a damaged file from a disk that could not be read for a moment.
///
/// SQLite calls both damaged: a page that cannot be read is one that is not as it should be. The difference matters, as
/// systemd does not start a daemon again whose database is damaged.
enum DamageCheck {
    /// A larger file is not read whole.
    private static let mostRead = 256 << 20
    private static let part = 1 << 20

    /// Opens a database, and once more if it is found to be damaged, provided that the disk gives all of it.
    ///
    /// - Throws: what `open` throws; `StoreError.io` if the disk does not give what is in the file or in its log.
    static func confirm<Value>(_ path: String, _ open: () throws -> Value) throws -> Value {
        do {
            return try open()
        } catch StoreError.corrupt {
            try readWhole(path)
            return try open()
        }
    }

    /// What a finding of damage means after another look: the disk may have failed for a moment.
    fileprivate static func judge(_ path: String, _ detail: String) -> StoreError {
        let damage = StoreError.corrupt(path: path, detail: detail)
        do {
            try readWhole(path)
            // What a large file is found to be by a look at some of its tables says nothing of the others.
            guard try SystemCall.size(ofFile: path) ?? 0 <= IntegrityCheck.wholeFileLimitAfterCrash else {
                return damage
            }
            try confirm(path) { try HistoryReader(path: path).checkIntegrity(isThorough: true) }
            return .io(
                path: path,
                detail: "\(detail), but the file is whole: the disk could not be read for a moment; see `dmesg`")
        } catch let error as StoreError {
            // That it has another schema, say, does not make it whole.
            guard case .io = error else { return damage }
            return error
        } catch {
            return damage
        }
    }

    private static func readWhole(_ path: String) throws {
        for name in [path, path + "-wal"] { try read(name) }
    }

    /// - Throws: `StoreError` if a part of the file cannot be read.
    private static func read(_ path: String) throws {
        let file: OpenFile
        do {
            file = try OpenFile(path, writable: false)
        } catch StoreError.missing {
            return
        }
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: part) { buffer in
            var offset = 0
            while offset < mostRead {
                let count = pread(file.descriptor, buffer.baseAddress, part, offset)
                guard count >= 0 else { throw StoreError(errno: errno, doing: "reading it", path: path) }
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}

extension StoreError {
    /// The same, but for damage that another look at the file does not find: that was the disk, and passes.
    package var confirmed: StoreError {
        guard case .corrupt(let path, let detail) = self else { return self }
        return DamageCheck.judge(path, detail)
    }
}
