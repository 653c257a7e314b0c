/// Keeps an optional time or duration in eight bytes, where `Optional` takes sixteen or more: thousands of tasks have a
/// dozen each. It reads and is set like the optional itself.
@propertyWrapper
package struct Compact<Value: CompactValue>: Hashable, Sendable {
    /// `Int64.min` means nil.
    @usableFromInline
    package var count: Int64

    @inlinable
    package init(wrappedValue: Value?) {
        count = wrappedValue.map { max($0.compactCount, .min + 1) } ?? .min
    }

    @inlinable
    package var wrappedValue: Value? {
        get { count == .min ? nil : Value(compactCount: count) }
        set { self = Compact(wrappedValue: newValue) }
    }
}

/// A value that is a count of some unit.
package protocol CompactValue: Hashable, Sendable {
    /// The count; the least one, `Int64.min`, is kept as the one above it.
    var compactCount: Int64 { get }

    init(compactCount: Int64)
}

extension Timestamp: CompactValue {
    @inlinable
    package var compactCount: Int64 { milliseconds }

    @inlinable
    package init(compactCount: Int64) { self.init(milliseconds: compactCount) }
}

extension MonotonicInstant: CompactValue {
    @inlinable
    package var compactCount: Int64 { nanoseconds }

    @inlinable
    package init(compactCount: Int64) { self.init(nanoseconds: compactCount) }
}

/// In nanoseconds, clamped to ±146 years.
extension Duration: CompactValue {
    package var compactCount: Int64 { wholeNanoseconds }

    package init(compactCount: Int64) { self = .nanoseconds(compactCount) }
}
