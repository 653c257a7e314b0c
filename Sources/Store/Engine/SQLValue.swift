/// A value for a place in a statement.
enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case number(Double)
    case text(String)
    case blob([UInt8])
}

/// What can stand in a place of a statement.
protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    var sqlValue: SQLValue { self }
}

extension Int64: SQLBindable {
    var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLBindable {
    var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int32: SQLBindable {
    var sqlValue: SQLValue { .integer(Int64(self)) }
}

/// 0 or 1: both engines keep flags as numbers.
extension Bool: SQLBindable {
    var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLBindable {
    var sqlValue: SQLValue { .number(self) }
}

extension String: SQLBindable {
    var sqlValue: SQLValue { .text(self) }
}

/// The values for the places of a statement, in their order: written as a list of numbers, texts and nil.
struct SQLValues: ExpressibleByArrayLiteral {
    private(set) var list: [SQLValue]

    static let none = SQLValues([])

    init(_ list: [SQLValue]) {
        self.list = list
    }

    init(arrayLiteral elements: (any SQLBindable)?...) {
        list = []
        list.reserveCapacity(elements.count)
        for element in elements { list.append(element?.sqlValue ?? .null) }
    }

    mutating func append(_ value: (any SQLBindable)?) {
        list.append(value?.sqlValue ?? .null)
    }

    static func + (first: SQLValues, second: SQLValues) -> SQLValues {
        SQLValues(first.list + second.list)
    }

    static func += (first: inout SQLValues, second: SQLValues) {
        first.list += second.list
    }
}
