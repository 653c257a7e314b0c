import Model
import Monitor

/// Tests of the runs of `a0`, of which the API says one thing after another; `a1` is over.
protocol RunCourse {
    /// What an hour costs, unless a lab is given others.
    var prices: Prices { get }
}

extension RunCourse {
    /// A time since the lab's start.
    func time(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: (Lab.start.wall.seconds + seconds) * 1000)
    }

    /// An answer with the times of a run, in seconds since the lab's start.
    func reply(_ word: String, _ started: Int64? = nil, _ completed: Int64? = nil) -> Reply {
        .status(word, TaskFacts(startedAt: started.map(time), completedAt: completed.map(time)))
    }

    /// - Parameter course: what the API says of `a0` from a time on.
    func lab(_ course: [(from: Int64, reply: Reply)], prices: Prices? = nil) -> Lab {
        var settings = settings(clusters(2), schedule: .steady)
        settings.prices = prices ?? self.prices
        return Lab(settings) { cluster, elapsed in
            guard cluster == "a0" else { return .completed }
            return course.last { .seconds($0.from) <= elapsed }?.reply ?? .activation
        }
    }

    func runs(_ lab: Lab) -> [RunRecord] { lab.runs.filter { $0.cluster == "a0" } }

    func events(_ lab: Lab) -> [Event] { lab.events.filter { $0.cluster == "a0" } }
}
