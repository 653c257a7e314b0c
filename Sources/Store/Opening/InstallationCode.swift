/// The first part of the ids of a database's events.
enum InstallationCode {
    /// Eight characters, so that two databases hardly ever have the same.
    static func random() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
