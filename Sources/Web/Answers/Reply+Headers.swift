/// What a browser or a cache may do with an answer.
enum Caching {
    /// Kept by the reader's browser, and asked for anew each time.
    case checked
    /// A file whose address changes with its content.
    case forever
    case never
}

extension Reply {
    /// With the headers that every answer has.
    func secured(_ caching: Caching) -> Reply {
        var reply = self
        for (name, value) in Self.security { reply.headers[name] = value }
        reply.headers["Cache-Control"] =
            switch caching {
            case .checked: "private, no-cache"
            case .forever: "private, max-age=31536000, immutable"
            case .never: "no-store"
            }
        return reply
    }

    private static let security = [
        "Content-Security-Policy":
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Vary": "Accept-Language",
    ]

    /// With a mark of its content, or without the content if the client has it already.
    func marked(unlessIn header: String?) -> Reply {
        guard status == 200, case .bytes(let bytes) = body else { return self }
        var reply = self
        let tag = ETag.of(bytes)
        reply.headers["ETag"] = tag
        guard ETag.isKnown(tag, in: header) else { return reply }
        reply.status = 304
        reply.headers["Content-Type"] = nil
        reply.body = .bytes([])
        return reply
    }
}
