/// What a target of type `cloudmonitor` takes.
package struct CloudMonitorOptions: Hashable, Sendable {
    /// The account whose credentials sign the call.
    package var account: String
    /// CloudMonitor's application group; 0 is none.
    package var groupID: Int64
    /// One name for all events; nil means `polarai_<event>`.
    package var eventName: String?

    package init(account: String = "default", groupID: Int64 = 0, eventName: String? = nil) {
        self.account = account
        self.groupID = groupID
        self.eventName = eventName
    }
}

/// What a target of type `command` takes.
package struct HookOptions: Hashable, Sendable {
    package static let defaultSocket = "/run/polarai-hooks/hooks.sock"
    /// Of a hook that names none.
    package static let defaultTimeout = Duration.seconds(60)

    /// A name under the config's `hooks`.
    package var name: String
    /// Where the hooks runner listens.
    package var socket: String
    /// How long the hook may run.
    package var timeout: Duration

    package init(
        name: String = "", socket: String = Self.defaultSocket, timeout: Duration = Self.defaultTimeout
    ) {
        self.name = name
        self.socket = socket
        self.timeout = timeout
    }
}

/// What a target of type `email` takes.
package struct MailOptions: Hashable, Sendable {
    package var username: String?
    package var password: Secret?
    /// A bare address, checked.
    package var from: String
    /// Bare addresses, checked; each once.
    package var to: [String]
    /// The name to greet the server with; nil means this host's.
    package var helo: String?

    package init(
        username: String? = nil, password: Secret? = nil, from: String = "", to: [String] = [], helo: String? = nil
    ) {
        self.username = username
        self.password = password
        self.from = from
        self.to = to
        self.helo = helo
    }
}
