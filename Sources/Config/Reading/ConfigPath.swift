/// Where in a config something stands: `clusters[2].poll`.
///
/// A chain, so that walking 10,000 clusters writes no text until there is something to say.
indirect enum ConfigPath {
    case root
    case key(ConfigPath, String)
    case index(ConfigPath, Int)

    func key(_ name: String) -> ConfigPath { .key(self, name) }
    func index(_ position: Int) -> ConfigPath { .index(self, position) }

    /// Empty for the whole file. A key that is no plain word is quoted: `targets["on call"]`.
    var text: String {
        switch self {
        case .root: ""
        case .index(let parent, let position): "\(parent.text)[\(position)]"
        case .key(let parent, let name):
            if !Self.isPlain(name) {
                "\(parent.text)[\(JSONValueText.quote(name))]"
            } else if case .root = parent {
                name
            } else {
                "\(parent.text).\(name)"
            }
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "$" }
    }
}
