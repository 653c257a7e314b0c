/// A program that ran to its end.
package struct FinishedProgram: Sendable {
    package let ending: RunningProgram.Ending
    package let output: String
    package let errors: String

    package var exitCode: Int32? {
        if case .exit(let code) = ending { code } else { nil }
    }
}

/// Runs a program to its end.
///
/// - Throws: `TimedOut` where it does not end; it is killed then.
package func run(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], standardInput: String = "",
    workingFolder: String? = nil, within limit: Duration = .seconds(30)
) async throws -> FinishedProgram {
    let program = try RunningProgram(
        path, arguments, environment: environment, standardInput: standardInput, workingFolder: workingFolder)
    let ending = try await program.waitUntilEnded(within: limit)
    return FinishedProgram(ending: ending, output: program.output, errors: program.errors)
}
