package import Model

/// Tells what time it is: the host's clocks, or a simulation's.
package protocol TimeSource: Sendable {
    func now() -> Moment
}
