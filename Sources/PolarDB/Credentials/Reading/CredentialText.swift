/// What a part of an access key may consist of.
package enum CredentialText {
    /// What is wrong with a key's id, secret or token, or nil. Copying from a web page or a chat brings along characters that
    /// nobody sees, and the API only says that the key is wrong.
    ///
    /// - Returns: words to stand behind the part's name; they hold at most the number of one character.
    package static func mistake(in text: String) -> String? {
        guard text.utf8.count <= longest else { return "is longer than \(longest) bytes" }
        guard let scalar = text.unicodeScalars.first(where: { !("!"..."~").contains($0) }) else { return nil }
        let number = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        return scalar == " "
            ? "contains a space"
            : "contains a character that does not belong there (\(name))"
    }

    /// Tokens of roles with policies have a few thousand bytes.
    private static let longest = 16_384
}
