import Model

/// A part of a list: its items as JSON, and where it goes on.
struct ListPart: Sendable {
    let items: [[UInt8]]
    let next: Cursor?

    /// `{"items": […], "next": …}`.
    var json: [UInt8] {
        var json = JSONBytes(reservingCapacity: items.reduce(64) { $0 + $1.count + 2 })
        json.raw("{\"items\":[")
        for (index, item) in items.enumerated() {
            if index > 0 { json.raw(",\n") }
            item.withUnsafeBufferPointer { json.raw(utf8: $0) }
        }
        json.raw("],\"next\":")
        if let next { json.string(next.text) } else { json.raw("null") }
        json.raw("}\n")
        return json.take()
    }
}
