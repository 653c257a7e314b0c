import Model

/// One mail for one server.
package struct MailOrder: Sendable {
    /// What the server is given before it takes mail.
    package struct Login: Sendable {
        package let username: String
        package let password: String

        package init(username: String, password: String) {
            self.username = username
            self.password = password
        }
    }

    /// `smtp://` or `smtps://`, host and port; without the port, 587 or 465.
    package var url: String
    package var login: Login?
    /// The envelope: bare addresses, checked.
    package var sender: String
    package var recipients: [String]
    /// The name to greet the server with; nil means this host's.
    package var hello: String?
    /// The whole mail with CRLF line ends; nil only greets the server and logs in.
    package var mail: [UInt8]?
    /// Its `timeout` is for everything until the server has the mail.
    package var connection: ConnectionOptions

    package init(
        url: String, login: Login? = nil, sender: String, recipients: [String], hello: String? = nil, mail: [UInt8]?,
        connection: ConnectionOptions = ConnectionOptions()
    ) {
        self.url = url
        self.login = login
        self.sender = sender
        self.recipients = recipients
        self.hello = hello
        self.mail = mail
        self.connection = connection
    }

    /// How long the server may take to answer once it has the mail: it may look for viruses, and giving up early makes
    /// a double mail of it (RFC 5321, 4.5.3.2.6).
    package var answerLimit: Duration { connection.timeout * 10 }
}

/// Sends mails.
package protocol MailClient: Sendable {
    /// - Returns: nil if the task was cancelled meanwhile.
    func send(_ order: MailOrder) async -> MailOutcome?
}

/// How the talk with a mail server went.
package struct MailOutcome: Sendable {
    package let talk: MailTalk
    /// Why the talk came to no end; nil if it did.
    package let failure: MailFailure?

    package init(talk: MailTalk, failure: MailFailure? = nil) {
        self.talk = talk
        self.failure = failure
    }
}

/// What ended a talk with a mail server, beside its own replies.
package enum MailFailure: Hashable, Sendable {
    /// No connection, no TLS, no answer in time.
    case transport(TransportError)
    /// The server offers no STARTTLS, which is required.
    case noTLS
    /// A login is configured, and the server offers none that is known here.
    case noLogin
    /// A reply said no: the talk's last one.
    case refused
}
