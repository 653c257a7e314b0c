import Foundation
import Glibc
import Model

/// Mode `External` of a CLI profile: a program that prints credentials as JSON. Run without a shell.
struct ExternalProcessSource: CredentialsSource {
    let command: String
    let origin: String

    private static let limit = Duration.seconds(60)
    private static let maximumOutput = 64 << 10

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let program = words.first else {
            throw PollFailure(reason: .credentials, message: "\(origin) names no process_command")
        }
        let result = await withCheckedContinuation { continuation in
            // Reading from the program blocks: not on a thread of Swift's pool.
            Thread.detachNewThread {
                continuation.resume(returning: Result { try Self.output(of: words) })
            }
        }
        let output: [UInt8]
        do {
            output = try result.get()
        } catch {
            throw PollFailure(reason: .credentials, message: "\(program) of \(origin) gives no credentials: \(error)")
        }
        let fields = JSONFields((try? JSONValue(parsing: output))?.objectValue ?? [:])
        guard let id = fields.text("access_key_id"), let secret = fields.text("access_key_secret") else {
            throw PollFailure(
                reason: .credentials,
                message: "\(program) of \(origin) printed no JSON with access_key_id and access_key_secret")
        }
        return Credentials(
            accessKeyID: id, accessKeySecret: secret, securityToken: fields.text("sts_token"), origin: origin,
            expiration: fields.time("expiration")
                ?? fields.integer("expiration").map { Timestamp(milliseconds: $0 * 1000) })
    }

    private struct ProcessError: Error, CustomStringConvertible {
        let description: String
    }

    private static func output(of words: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0].contains("/") ? words[0] : "/usr/bin/env")
        process.arguments = words[0].contains("/") ? Array(words.dropFirst()) : words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try? pipe.fileHandleForWriting.close()
        defer {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }

        let deadline = ContinuousClock.now + limit
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else {
                throw ProcessError(description: "it took longer than \(DurationText.write(limit))")
            }
            var descriptor = pollfd(
                fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, Int32(left.wholeMilliseconds)) > 0 else { continue }
            let count = read(descriptor.fd, &chunk, chunk.count)
            guard count > 0 else { break }
            output += chunk[..<count]
            guard output.count <= maximumOutput else { throw ProcessError(description: "it prints without end") }
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ProcessError(description: "it ended with status \(process.terminationStatus)")
        }
        return output
    }
}
