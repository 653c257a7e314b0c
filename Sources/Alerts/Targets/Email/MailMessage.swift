import Model

/// A mail as it goes over the wire: the same bytes on every attempt, so that a receiver can recognise a repeat.
struct MailMessage: Sendable {
    let from: String
    let to: [String]
    let subject: String
    /// The event's own time.
    let date: Timestamp
    /// Without angle brackets.
    let messageID: String
    /// The root of the thread, without angle brackets: messages about one task refer to it, though it was never sent.
    let thread: String
    /// The event's name, for filters: `failed`.
    let event: String
    let text: String
    let html: String

    var bytes: [UInt8] {
        // Nothing in base64 can be taken for the boundary.
        let boundary = "=_polarai_\(TextHash.of(messageID))"
        var mail = ""
        mail += MailHeader.unstructured("Date", MailDate.text(date))
        mail += MailHeader.structured("From", [from])
        mail += MailHeader.structured(
            "To", to.enumerated().map { $0.offset < to.count - 1 ? $0.element + "," : $0.element })
        mail += MailHeader.unstructured("Subject", subject)
        mail += MailHeader.structured("Message-ID", ["<\(messageID)>"])
        mail += MailHeader.structured("In-Reply-To", ["<\(thread)>"])
        mail += MailHeader.structured("References", ["<\(thread)>"])
        // RFC 3834: keeps vacation replies away.
        mail += "Auto-Submitted: auto-generated\r\n"
        mail += "X-Auto-Response-Suppress: All\r\n"
        mail += MailHeader.unstructured("X-Polarai-Event", event)
        mail += "MIME-Version: 1.0\r\n"
        mail += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
        mail += "--\(boundary)\r\n" + MailEncoding.part(type: "text/plain", text)
        mail += "--\(boundary)\r\n" + MailEncoding.part(type: "text/html", html)
        mail += "--\(boundary)--\r\n"
        return Array(mail.utf8)
    }
}

/// Dates of mails: RFC 5322, section 3.3, in UTC.
enum MailDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ time: Timestamp) -> String {
        let civil = CivilTime(time)
        let day = Weekday(day: CivilTime.daysSince1970(year: civil.year, month: civil.month, day: civil.day))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[day.rawValue]), \(civil.day) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) +0000"
    }
}
