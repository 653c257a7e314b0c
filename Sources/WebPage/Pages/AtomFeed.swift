import Model

/// Events as an Atom feed (RFC 4287).
package enum AtomFeed {
    /// - Parameters:
    ///   - lines: the newest first.
    ///   - installation: of the database: with the number of an event it makes its id, whatever the server is called.
    ///   - base: what links begin with, with a slash at its end.
    package static func render(_ lines: [EventLine], installation: String, base: String, words: Words) -> [UInt8] {
        let updated = lines.map(\.observedAt).max() ?? Timestamp(milliseconds: 0)
        let feed: HTML = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(words.code)">
            <id>tag:\(authority):\(installation)</id>
            <title>\(words("PolarDB AI training", "PolarDB AI 训练"))</title>
            <updated>\(updated.rfc3339)</updated>
            <author><name>polarai-daemon</name></author>
            <link rel="self" type="application/atom+xml" href="\(base)feed.atom"/>
            <link rel="alternate" type="text/html" href="\(base)"/>
            \(lines.map { entry($0, base, words) })</feed>

            """
        return feed.bytes
    }

    /// Of the tag URIs (RFC 4151): a name that is ours, on a day on which it was.
    private static let authority = "polarai.invalid,2026"

    private static func entry(_ line: EventLine, _ base: String, _ words: Words) -> HTML {
        let subject = line.name ?? line.cluster ?? line.target ?? line.account ?? ""
        let link = line.cluster.map { "\(base)tasks/\(PercentEncoding.encode($0))" } ?? "\(base)history"
        let change = line.to.map { to in line.from == nil || line.from == to ? to : "\(line.from ?? "") → \(to)" } ?? ""
        // Markup within the text of an entry is text of the feed: it is escaped once more.
        let title: HTML = "\(words.event(line.event))\(words(": ", "："))\(bdi: subject)"
        let content: HTML = """
            <p><bdi>\(subject)</bdi>\(words(": ", "："))\(words.event(line.event)) <bdi>\(change)</bdi></p><p><bdi>\(line.cluster ?? "")</bdi></p>
            """
        return """
            <entry>
            <id>tag:\(authority):\(line.id)</id>
            <title type="html">\(title.text)</title>
            <updated>\(line.observedAt.rfc3339)</updated>
            <category term="\(line.event)"/>
            <link rel="alternate" type="text/html" href="\(link)"/>
            <content type="html">\(content.text)</content>
            </entry>

            """
    }
}
