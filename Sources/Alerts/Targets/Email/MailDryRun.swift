import HTTPTransport
import Model

extension Email {
    /// Envelope, header and text of a mail, for `--dry-run`.
    static func dryRun(_ order: MailOrder, _ mail: MailMessage) -> String {
        var text = "\(order.url)\n"
        if let login = order.login { text += "login as \(login.username)\n" }
        text += "MAIL FROM:<\(order.sender)>\n"
        for recipient in order.recipients { text += "RCPT TO:<\(recipient)>\n" }
        let bytes = String(decoding: mail.bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        let header = bytes.firstRange(of: "\n\n").map { String(bytes[..<$0.lowerBound]) } ?? bytes
        return "\(text)\n\(header)\n\n\(mail.text)"
    }
}
