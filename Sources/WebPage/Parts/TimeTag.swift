import Model

/// A time as a page shows it: UTC with its zone; the page's script writes it in the reader's.
struct TimeTag {
    private let time: Timestamp

    init(_ time: Timestamp) {
        self.time = time
    }

    var html: HTML {
        let text = time.rfc3339
        guard text.utf8.count == 24 else { return "<time>\(text)</time>" }
        return
            "<time datetime=\"\(text)\">\(String(text.prefix(10))) \(String(text.dropFirst(11).prefix(8))) UTC</time>"
    }
}

extension Optional<Timestamp> {
    var orDash: HTML { self.map { TimeTag($0).html } ?? "–" }
}
