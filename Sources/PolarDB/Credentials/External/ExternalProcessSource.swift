import Files
import Glibc
import Model
import Programs

/// Mode `External` of a CLI profile: a program that prints credentials as JSON. Run without a shell.
struct ExternalProcessSource: CredentialsSource {
    /// The program and its arguments.
    let words: [String]
    let origin: String
    /// As long as the aliyun CLI waits.
    var limit = Duration.seconds(60)

    /// The variable that forbids such programs if it is `true`, as for the aliyun CLI.
    static let switchName = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"

    /// What the program says on its standard error is seen by nobody here: it may be keys, with `set -x` for example.
    private static var advice: String {
        "; to see what it says, run its command by hand as the same user (uid \(geteuid()))"
    }

    var place: String { "process_command of \(origin)" }

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let program = ProgramRun(ProgramOrder(words: words, limit: limit))
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Waiting for the program blocks: not on a thread of Swift's pool.
                WorkerThreads.shared.run { program.run { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            program.cancel()
        }
        guard outcome.end == .ended(status: 0) else {
            throw PollFailure(
                reason: outcome.end == .tookTooLong(limit) ? .timeout : .credentials,
                message: "\(place) gives no credentials: \(outcome.end.words)\(Self.advice)")
        }
        return try read(outcome.output)
    }

    private func read(_ output: [UInt8]) throws(PollFailure) -> Credentials {
        let fields = JSONFields((try? JSONValue(parsing: output))?.objectValue ?? [:])
        guard let id = fields.text("access_key_id"), let secret = fields.text("access_key_secret") else {
            throw PollFailure(
                reason: .credentials,
                message: "\(place) printed no JSON with access_key_id and access_key_secret\(Self.advice)")
        }
        let token = fields.text("sts_token")
        for (name, value) in [("access_key_id", id), ("access_key_secret", secret), ("sts_token", token ?? "")] {
            guard let mistake = CredentialText.mistake(in: value) else { continue }
            throw PollFailure(
                reason: .credentials, message: "\(place) printed JSON whose \(name) \(mistake); fix what it prints")
        }
        return Credentials(
            accessKeyID: id, accessKeySecret: secret, securityToken: token, origin: origin,
            expiration: fields.expiration("expiration"))
    }
}
