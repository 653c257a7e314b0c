import Files

/// A whole file, read at once, in a bounded time.
struct FileContent {
    let bytes: [UInt8]
    /// The mode bits without the file's type.
    let permissions: UInt32

    /// - Parameter allowsPipe: whether a pipe is read to its end, so that `--config <(…)` works. It has to come within some
    ///   seconds.
    init(path: String, maximumSize: Int, allowsPipe: Bool = false) throws(FileFault) {
        let snapshot = try FileReader.shared.readNow(
            path, maximumSize: maximumSize, pipeLimit: allowsPipe ? Self.pipeLimit : nil)
        bytes = snapshot.bytes
        permissions = snapshot.permissions
    }

    private static let pipeLimit = Duration.seconds(5)
}
