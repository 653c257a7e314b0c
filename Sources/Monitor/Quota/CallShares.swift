/// What a call is for, in the order in which equals are served.
enum CallClass: Int, CaseIterable, Sendable {
    /// A task that a list or its own log says something happened to.
    case news
    /// A page of an instance's tasks: stands in for many polls.
    case list
    /// A training that is expected to end about now.
    case ending
    /// A training that may end any moment.
    case urgent
    /// A settled or gone cluster.
    case calm
    /// How far a training is.
    case progress

    /// Its share of an account's calls, against those of the other classes that wait.
    ///
    /// - Parameter isSwamped: polls are far behind what the schedule wants. To know when runs will end then pays, for it
    ///   tells which polls can wait; else readings hardly get in their way.
    fileprivate func weight(isSwamped: Bool) -> Double {
        switch self {
        case .news: 24
        case .list: 12
        case .ending: 2
        case .urgent: 8
        case .calm: 2
        case .progress: isSwamped ? 3 : 1
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

/// Divides an account's calls among the classes that wait, so that the most telling come first and none starves.
///
/// Stride scheduling (Waldspurger and Weihl, 1995): a class that is served moves on by the inverse of its weight, and the
/// one that is behind comes next. A class that had nothing to do does not save its share up.
package struct CallShares: Sendable {
    private var passes = [Double](repeating: 0, count: CallClass.allCases.count)
    private var virtualTime = 0.0

    package init() {}

    /// The class to serve next.
    ///
    /// - Parameter waiting: those with a call that is due.
    /// - Returns: nil where there is none.
    mutating func next(of waiting: CallClasses, isSwamped: Bool) -> CallClass? {
        var best: (kind: CallClass, pass: Double)?
        for kind in CallClass.allCases where waiting.contains(kind) {
            let pass = max(passes[kind.rawValue], virtualTime)
            if let best, best.pass <= pass { continue }
            best = (kind, pass)
        }
        guard let best else { return nil }
        virtualTime = best.pass
        passes[best.kind.rawValue] = best.pass + 1 / best.kind.weight(isSwamped: isSwamped)
        return best.kind
    }
}
