import ArgumentParser
import Config
import Daemon
import Store
import Wire

/// Why a command failed, for people, and the exit status that says the same to scripts.
struct CommandFailure: Error {
    let message: String
    let status: ExitStatus

    init(_ message: String, _ status: ExitStatus) {
        self.message = message
        self.status = status
    }

    init(_ error: DaemonError) {
        switch error {
        case .config(let error): self.init(error)
        case .store(let error): self.init(error)
        case .runtimeTaken(let folder, let pid):
            let holder = pid.map { "the daemon with pid \($0)" } ?? "another daemon"
            self.init(
                "\(folder) is in use by \(holder). Each daemon needs a runtime directory of its own: stop that one first, or "
                    + "start this one with another RUNTIME_DIRECTORY.", .held)
        case .ended(let part):
            self.init(
                "An internal part of polarai-daemon (\(part.rawValue)) ended unexpectedly, so the daemon stopped; systemd "
                    + "restarts it. Nothing that was stored is lost. This is a bug in polarai-daemon; please report it.",
                .failure)
        case .unstored(let reason):
            self.init(
                "polarai-daemon stopped, and what it learned last could not be stored: \(reason.withoutFullStop). Fix that "
                    + "before the next start. Tasks are polled again then, and alerts whose delivery was not stored are sent "
                    + "again.", .inputOutput)
        case .tooFewFiles(let limit, let needed):
            self.init(
                "polarai-daemon may have no more than \(limit) files and connections open, and needs at least \(needed). Raise "
                    + "LimitNOFILE= of the unit, or the limit of the shell or container (`ulimit -n`).", .configuration)
        }
    }

    init(_ error: ConfigError) {
        self.init(error.description, .configuration)
    }

    init(_ error: StoreError) {
        self.init(error.description, error.exitStatus)
    }
}

extension StoreError {
    var exitStatus: ExitStatus {
        switch self {
        case .held, .shared: .held
        case .newerSchema, .olderSchema, .login: .configuration
        case .corrupt: .data
        case .permission, .readOnly, .denied: .permission
        case .io, .diskFull, .replaced, .refused: .inputOutput
        case .unavailable: .unavailable
        case .missing, .occupied, .unsupported: .failure
        }
    }
}
