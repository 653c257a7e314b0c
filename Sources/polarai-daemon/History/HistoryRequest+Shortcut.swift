import Model
import Reports
import Store

extension HistoryRequest {
    /// Reads the arguments of a plain `history` without the parser.
    ///
    /// The parser finds out by reflection what the command takes; in a program of this size that costs more than
    /// reading fifty rows of a million, and `history` is what scripts call in loops. Whatever is not said in the
    /// plainest way, help and mistakes above all, is left to the parser.
    ///
    /// - Parameter arguments: those behind the program's name.
    /// - Returns: nil where the parser must look.
    init?(shortcut arguments: some Collection<String>) {
        guard arguments.first == "history" else { return nil }
        self.init()
        var rest = arguments.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "--follow": follow = true
            case "--utc": utc = true
            default:
                guard word.hasPrefix("--") else { return nil }
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(),
                    !value.isEmpty, !value.hasPrefix("-"), take(value, for: String(parts[0]))
                else { return nil }
            }
        }
        guard !(follow && format == .json) else { return nil }
    }

    /// - Returns: false where the option or its value needs the parser.
    private mutating func take(_ value: String, for option: String) -> Bool {
        switch option {
        case "--cluster": filter.clusters.append(value)
        case "--event":
            guard EventKind(rawValue: value) != nil else { return false }
            filter.events.append(value)
        case "--status": filter.statuses.append(value)
        case "--account": filter.accounts.append(value)
        case "--since":
            guard let time = TimeArgument(value) else { return false }
            since = time
        case "--until":
            guard let time = TimeArgument(value) else { return false }
            until = time
        case "--limit":
            guard let number = Int(value) else { return false }
            limit = number == 0 ? nil : number
        case "--format":
            guard let format = OutputFormat(rawValue: value) else { return false }
            self.format = format
        case "--database": database.given = value
        case "--config": database.config = value
        default: return false
        }
        return true
    }
}
