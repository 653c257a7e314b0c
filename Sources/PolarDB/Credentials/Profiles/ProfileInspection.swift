import Files
import Model
import Programs

/// Reads a profile file as its use would, and looks at all that it points to, for a check of the config. Runs no program
/// and asks no server.
package struct ProfileInspection {
    private let environment: [String: String]

    /// - Parameter environment: what says which profile is meant, whether programs may be run and where they are.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// - Parameter name: nil means that of the environment, else the file's own choice.
    /// - Returns: what is wrong with the file or the profile; nil if nothing is. A login of the CLI that has expired is
    ///   not wrong: it may be renewed at any time.
    package func complaint(about name: String?, in file: String) -> String? {
        let text: String
        do {
            text = try CredentialFile.textNow(file)
        } catch {
            return "\(ShownPath.words(file, as: "the profile file")) \(error.message)"
        }
        do throws(PollFailure) {
            let wish = name ?? environment["ALIBABA_CLOUD_PROFILE"]?.trimmed.nonEmpty
            let (recipe, name) = try ProfileFile(text, path: file).recipe(wish, at: Timestamp(milliseconds: 0))
            let shown = ProfilePlace.profile(name)
            switch recipe {
            case .settings(let settings): return complaint(about: settings, in: file, of: shown)
            case .external(let words): return complaint(about: words, in: file, of: shown)
            case .cached: return nil
            }
        } catch {
            return error.message
        }
    }

    private func complaint(about settings: CredentialSettings, in file: String, of profile: String) -> String? {
        switch settings {
        case .oidcRoleARN(_, _, let tokenFile, _, _, _):
            OIDCToken.mistake(inFile: tokenFile).map { "the profile file \(file), \(profile): \($0)" }
        case .ramRoleARN(_, let source): complaint(about: source, in: file, of: profile)
        case .defaultChain, .accessKey, .ecsRAMRole, .profile, .uri: nil
        }
    }

    /// The command is not repeated: keys may stand in it.
    private func complaint(about words: [String], in file: String, of profile: String) -> String? {
        if environment[ExternalProcessSource.switchName]?.trimmed.lowercased() == "true" {
            return "the profile file \(file), \(profile): process_command runs a program, but "
                + "\(ExternalProcessSource.switchName) forbids that; unset the variable, or use other credentials"
        }
        guard let fault = ProgramLookup(path: environment["PATH"]).fault(of: words.first ?? "") else { return nil }
        return "the profile file \(file), \(profile): the program of process_command \(fault)"
    }
}
