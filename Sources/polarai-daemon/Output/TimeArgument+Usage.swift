import ArgumentParser
import Reports

extension TimeArgument {
    /// - Throws: a usage error that lists the forms.
    static func read(_ text: String) throws -> TimeArgument {
        guard let argument = TimeArgument(text) else { throw ValidationError("write it as one of \(forms).") }
        return argument
    }
}
