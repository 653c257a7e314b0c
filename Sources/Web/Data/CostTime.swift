import Model
import Reports

/// The time by which the cost of a training that goes on is counted.
///
/// It moves in steps, so that an answer without news keeps its ETag for a while.
enum CostTime {
    /// For what programs read: at most 5 s old.
    static var fine: Timestamp { floored(to: 5000) }
    /// For pages: at most a minute old.
    static var coarse: Timestamp { floored(to: 60_000) }

    private static func floored(to step: Int64) -> Timestamp {
        Timestamp(milliseconds: TimeArgument.now.milliseconds / step * step)
    }
}
