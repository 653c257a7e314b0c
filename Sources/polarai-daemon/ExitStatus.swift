import ArgumentParser

/// How a command ends, after sysexits.h where that has a word for it.
enum ExitStatus: Int32, Error {
    case done = 0
    /// What was asked for does not exist, or the check found a fault.
    case failure = 1
    case usage = 64
    /// Unreadable data, for example a corrupt database.
    case data = 65
    /// No daemon, or the API is down.
    case unavailable = 69
    case inputOutput = 74
    /// Another daemon holds this database, or the runtime directory.
    case held = 75
    case permission = 77
    case configuration = 78

    var exitCode: ExitCode { ExitCode(rawValue) }
}
