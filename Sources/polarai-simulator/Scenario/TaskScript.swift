import Model

/// A training task and its life in time.
struct TaskScript: Sendable {
    /// `pm-…`; with `count`, `{n}` in it stands for 1, 2, 3, …
    var id: String
    var region: String?
    /// The parent instance, `pc-…`.
    var instance: String?
    /// The account that owns it; nil: every account sees it.
    var account: String?
    var description: String
    /// `sample`: the documentation page's answer, byte for byte, whatever the phases say.
    var answersSample = false
    /// In order of time; before the first one the task does not exist.
    var phases: [Phase]
    /// Laid over the answer's top level; null as written.
    var fields: [String: JSONValue] = [:]
    /// Laid over the answer's `TaskInfo[0]`.
    var taskInfo: [String: JSONValue] = [:]
    /// The API's own oddities: an id with a newline at its end, JSON in strings escaped twice.
    var oddities = true
    var trainMode: String
    var trainType: String
    var model: String
    /// So many tasks like this one.
    var count = 1
    /// Each task's phases are put off by a random time up to this.
    var spread = Duration.zero
    var training = TrainingScript()

    struct Phase: Sendable {
        var at: ScenarioTime
        var status: String
        var fields: [String: JSONValue] = [:]
        var taskInfo: [String: JSONValue] = [:]
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, region, instance, account, description, answer, phases, fields
        case taskInfo = "task_info"
        case oddities
        case trainMode = "train_mode"
        case trainType = "train_type"
        case model, count, spread, training
    }
}

extension TaskScript: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        id = try fields.required(.id)
        region = try fields.optional(.region)
        instance = try fields.optional(.instance)
        account = try fields.optional(.account)
        description = try fields.value(.description, default: "task01")
        if let answer: String = try fields.optional(.answer) {
            guard answer == "sample" else { throw fields.failure(.answer, "\"\(answer)\": only \"sample\" is known") }
            answersSample = true
        }
        phases = try fields.value(.phases, default: [Phase(at: .afterStart(.zero), status: "ACTIVATION")])
        guard !phases.isEmpty else { throw fields.failure(.phases, "is empty; leave it out or write one phase") }
        self.fields = try fields.value(.fields, default: [:])
        taskInfo = try fields.value(.taskInfo, default: [:])
        oddities = try fields.value(.oddities, default: true)
        trainMode = try fields.value(.trainMode, default: "sft")
        trainType = try fields.value(.trainType, default: "lora")
        model = try fields.value(.model, default: "Qwen-1.7B")
        count = try fields.value(.count, default: 1)
        guard count >= 1 else { throw fields.failure(.count, "\(count): write 1 or more") }
        guard count == 1 || id.contains("{n}") else {
            throw fields.failure(.id, "\"\(id)\" stands for \(count) tasks; put {n} into it")
        }
        spread = try fields.duration(.spread) ?? .zero
        training = try fields.value(.training, default: TrainingScript())
    }
}

extension TaskScript.Phase: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case at, status, fields
        case taskInfo = "task_info"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        at = try fields.value(.at, default: .afterStart(.zero))
        status = try fields.required(.status)
        self.fields = try fields.value(.fields, default: [:])
        taskInfo = try fields.value(.taskInfo, default: [:])
    }
}

/// How a training goes on while it runs: what the metrics and log actions tell.
struct TrainingScript: Sendable, Decodable {
    /// Steps of the whole run.
    var totalSteps = 100
    /// From one step to the next.
    var step = Duration.seconds(1)
    var epochs = 1
    /// No step beyond this one: the training stalls there.
    var stallsAt: Int?
    /// Lines of the log at the end of a run that failed.
    var failureLog = [
        "Traceback (most recent call last):",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.",
    ]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case totalSteps = "total_steps"
        case step, epochs
        case stallsAt = "stalls_at"
        case failureLog = "failure_log"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        let standard = TrainingScript()
        totalSteps = try fields.value(.totalSteps, default: standard.totalSteps)
        step = try fields.duration(.step) ?? standard.step
        guard step > .zero else { throw fields.failure(.step, "must be longer than nothing") }
        epochs = try fields.value(.epochs, default: standard.epochs)
        stallsAt = try fields.optional(.stallsAt)
        failureLog = try fields.value(.failureLog, default: standard.failureLog)
    }
}
