import ArgumentParser
import Reports

extension Option where Value == TimeArgument? {
    /// A time in one of the forms of `TimeArgument`, which may begin with a hyphen.
    init(time help: String) {
        self.init(
            parsing: .unconditional, help: ArgumentHelp("\(help)", valueName: "time"), transform: TimeArgument.read)
    }
}

extension TimeArgument {
    /// - Throws: a usage error that lists the forms.
    static func read(_ text: String) throws -> TimeArgument {
        guard let argument = TimeArgument(text) else { throw ValidationError("write it as one of \(forms).") }
        return argument
    }
}
