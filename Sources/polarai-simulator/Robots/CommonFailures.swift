import Model

/// What any server, or something in front of it, can do to a message.
enum CommonFailures {
    static let all: [String: @Sendable (Duration) -> ServerReply] = [
        "http_500": { _ in .text("Internal Server Error", status: 500) },
        "http_503": { wait in
            .text("Service Unavailable", status: 503).with(header: "Retry-After", seconds(wait))
        },
        "html_502": { _ in .text("<html><body><h1>502 Bad Gateway</h1></body></html>", status: 502, type: "text/html")
        },
        "html_200": { _ in .text("<html><body>Please log in</body></html>", type: "text/html") },
        "empty_200": { _ in ServerReply(status: 200) },
        "json_200": { _ in .json(.object(["hello": .string("world")])) },
        "redirect": { _ in ServerReply(status: 302, headers: [("Location", "https://example.invalid/login")]) },
        "reset": { _ in .reset },
        "mute": { _ in .mute },
    ]

    /// Whole seconds, rounded up, at least one.
    static func seconds(_ wait: Duration) -> String {
        String(max(1, Int64(wait.inSeconds.rounded(.up))))
    }
}
