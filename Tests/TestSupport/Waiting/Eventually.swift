/// A condition did not come true in time.
package struct TimedOut: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Waits until `condition` gives something, asking again every few milliseconds.
///
/// - Parameter what: named in the error, so that a failed test says what it waited for.
/// - Throws: `TimedOut` after `limit`; whatever `condition` throws, at once.
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while true {
        if let value = try await condition() { return value }
        guard clock.now < deadline else { throw TimedOut("waited \(limit) in vain for: \(what)") }
        try await Task.sleep(for: pause)
    }
}

/// Waits until `condition` is true.
package func eventually(
    _ what: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit, every: pause) { try await condition() ? true : nil }
}
