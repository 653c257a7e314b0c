/// What a call is for, in the order in which equals are served.
enum CallClass: Int, CaseIterable, Sendable {
    /// A task whose list, or whose own log, hints that something happened.
    case hinted
    /// A page of an instance's tasks: stands in for many polls.
    case list
    /// A training that is expected to end about now.
    case ending
    /// A training that may end any moment.
    case running
    /// A task that is over or gone.
    case idle
    /// How far a training is. Logs of failures have a share of their own: `LogShare`.
    case progress

    /// Its share of an account's calls, against those of the other classes that wait.
    ///
    /// - Parameter isOverQuota: polls are far behind what the schedule wants. To know when runs will end then pays, for it
    ///   shows which polls can wait; else readings hardly get in their way.
    fileprivate func weight(isOverQuota: Bool) -> Double {
        switch self {
        case .hinted: 24
        case .list: 12
        case .ending: 2
        case .running: 8
        case .idle: 2
        case .progress: isOverQuota ? 3 : 1
        }
    }
}

/// A set of classes.
struct CallClasses: Sendable {
    private var bits: UInt8 = 0

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ kind: CallClass) { bits |= 1 << kind.rawValue }

    func contains(_ kind: CallClass) -> Bool { bits & (1 << kind.rawValue) != 0 }
}

/// Divides an account's calls among the classes that wait, so that the most useful come first and none starves.
///
/// Stride scheduling (Waldspurger and Weihl, 1995): a class that is served moves on by the inverse of its weight, and the
/// one that is behind comes next. A class that had nothing to do does not save its share up.
struct CallShares: Sendable {
    private var passes = [Double](repeating: 0, count: CallClass.allCases.count)
    private var virtualTime = 0.0

    /// The class to serve next.
    ///
    /// - Parameter waiting: those with a call that is due.
    /// - Returns: nil if there is none.
    mutating func next(of waiting: CallClasses, isOverQuota: Bool) -> CallClass? {
        var best: (kind: CallClass, pass: Double)?
        for kind in CallClass.allCases where waiting.contains(kind) {
            let pass = max(passes[kind.rawValue], virtualTime)
            if let best, best.pass <= pass { continue }
            best = (kind, pass)
        }
        guard let best else { return nil }
        virtualTime = best.pass
        passes[best.kind.rawValue] = best.pass + 1 / best.kind.weight(isOverQuota: isOverQuota)
        return best.kind
    }
}
