import Model

/// What stands in a mail: the same as text and as HTML.
enum MailBody {
    /// Paragraphs and a list of facts, for readers without HTML.
    static func text(_ card: Card, texts: any Texts) -> String {
        var paragraphs = [card.title, card.sentence]
        if !card.lines.isEmpty { paragraphs.append(card.lines.map { "- \($0.text)" }.joined(separator: "\n")) }
        if !card.facts.isEmpty {
            paragraphs.append(
                card.facts.map { fact in
                    texts.entry(fact.label, Markup.lines(of: fact.value, joinedBy: "\n  "))
                }.joined(separator: "\n"))
        }
        if !card.log.isEmpty { paragraphs.append(card.log.map { "> \($0)" }.joined(separator: "\n")) }
        paragraphs.append("-- \n\(card.footer)")
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    /// Without pictures, style sheets and links: mail readers block the first and change the others.
    static func html(_ card: Card, language: Language) -> String {
        var html = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8"><title>\(SafeText.xml(card.title))</title></head>
            <body style="font-family: sans-serif; color: #1d2939">
            <h2 style="border-left: 6px solid \(card.tone.colour); padding-left: 10px">\(SafeText.xml(card.title))</h2>
            <p>\(SafeText.xml(card.sentence))</p>

            """
        if !card.lines.isEmpty {
            html += "<ul>\n" + card.lines.map { "<li>\(SafeText.xml($0.text))</li>\n" }.joined() + "</ul>\n"
        }
        if !card.facts.isEmpty {
            html += "<table cellpadding=\"4\">\n"
            for fact in card.facts {
                let value = Markup.lines(of: fact.value, joinedBy: "<br>", SafeText.xml)
                html += "<tr><th align=\"left\" valign=\"top\">\(SafeText.xml(fact.label))</th><td>\(value)</td></tr>\n"
            }
            html += "</table>\n"
        }
        if !card.log.isEmpty {
            html +=
                "<pre style=\"background: #f2f4f7; padding: 8px\">"
                + card.log.map(SafeText.xml).joined(separator: "\n") + "</pre>\n"
        }
        return html + "<p style=\"color: #667085\">\(SafeText.xml(card.footer))</p>\n</body></html>\n"
    }
}
