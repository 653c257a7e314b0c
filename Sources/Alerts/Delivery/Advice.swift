/// What an operator can do if the reason alone does not show it.
enum Advice {
    /// Of a message that a service does not accept as it is: the program made it, so nobody else can change it.
    static let report = "this is likely a bug in polarai-daemon; please report it"
}
