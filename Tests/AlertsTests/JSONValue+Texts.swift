import Model

extension JSONValue {
    /// Every text in it, however deep; those of an object in no order.
    var allTexts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let items): items.flatMap(\.allTexts)
        case .object(let members): members.values.flatMap(\.allTexts)
        default: []
        }
    }
}
