import Synchronization

/// The parts of the running service: the first one to end, or a request to stop, ends it.
final class RunningParts: Sendable {
    private let ends: AsyncStream<ServicePart?>
    private let report: AsyncStream<ServicePart?>.Continuation

    init() {
        (ends, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Runs a part that is to go on until the service stops.
    func run(_ part: ServicePart, _ body: @Sendable () async -> Void) async {
        await body()
        report.yield(part)
    }

    /// The service is to stop.
    func requestStop() {
        report.yield(nil)
    }

    /// Waits for the first of both.
    ///
    /// - Returns: the part that ended by itself; nil if the stop was requested.
    var firstToEnd: ServicePart? {
        get async {
            for await end in ends { return end }
            return nil
        }
    }
}
