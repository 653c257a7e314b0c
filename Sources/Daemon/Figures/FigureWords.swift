import Model
import Monitor

/// What a call asks the API for: the label `call`.
enum APICallKind: String, CaseIterable, Sendable {
    case task, list, progress
    /// The last lines of a failed training's log.
    case log

    init(_ call: PollCall) {
        switch call {
        case .describeTask: self = .task
        case .listTasks: self = .list
        case .readProgress: self = .progress
        case .readLog: self = .log
        }
    }
}

/// How a call ended: the label `outcome` of calls.
enum CallResult: Hashable, Sendable {
    case success
    case failure(FailureReason)

    init(_ outcome: CallOutcome) {
        switch outcome {
        case .task(.failure(let failure)), .list(.failure(let failure)), .progress(.failure(let failure)),
            .log(.failure(let failure)):
            self = .failure(failure.reason)
        case .task, .list, .progress, .log: self = .success
        }
    }

    var word: String {
        switch self {
        case .success: "success"
        case .failure(let reason): reason.rawValue
        }
    }

    static let words = ["success"] + FailureReason.allCases.map(\.rawValue)
}
