import Model

/// Reads a profile file as its use would, for a check of the config. Runs no program and asks no server.
package enum ProfileInspection {
    /// - Parameter name: nil means the file's own choice.
    /// - Returns: what is wrong with the file or the profile; nil if nothing is. A login of the CLI that has expired is
    ///   not wrong: it may be renewed at any time.
    package static func complaint(about name: String?, in file: String) -> String? {
        let text: String
        do {
            text = try CredentialFile.textNow(file)
        } catch {
            return "the profile file \(error)"
        }
        do throws(PollFailure) {
            _ = try ProfileFile(text, path: file).recipe(name, at: Timestamp(milliseconds: 0))
            return nil
        } catch {
            return error.message
        }
    }
}
