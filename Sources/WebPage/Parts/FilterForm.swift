import Model

/// The filters of a page: a form whose answer is an address.
struct FilterForm {
    enum Field {
        case text(name: String, label: String, value: String, hint: String)
        /// The first choice is the one that restricts nothing.
        case choice(name: String, label: String, value: String, choices: [(value: String, label: String)])
    }

    let frame: PageFrame
    /// Of the page, below the base path.
    let path: String
    let fields: [Field]

    var html: HTML {
        let language: HTML =
            frame.keepsLanguage
            ? "<input type=\"hidden\" name=\"lang\" value=\"\(frame.words.language.rawValue)\">" : ""
        return """
            <form class="filters" action="\(frame.basePath)\(path)" method="get" role="search">
            \(fields.map(html(of:)))\(language)
            <p><button type="submit">\(frame.words("Filter", "筛选"))</button>
            <a href="\(frame.link(path))">\(frame.words("Clear filters", "清除筛选"))</a></p>
            </form>

            """
    }

    private func html(of field: Field) -> HTML {
        switch field {
        case .text(let name, let label, let value, let hint):
            return """
                <p><label for="filter-\(name)">\(label)</label>
                <input id="filter-\(name)" name="\(name)" value="\(value)" placeholder="\(hint)" autocomplete="off"></p>

                """
        case .choice(let name, let label, let value, let choices):
            let options = choices.map { choice -> HTML in
                let isChosen: HTML = choice.value == value ? " selected" : ""
                return "<option value=\"\(choice.value)\"\(isChosen)>\(choice.label)</option>"
            }
            return """
                <p><label for="filter-\(name)">\(label)</label>
                <select id="filter-\(name)" name="\(name)">\(options)</select></p>

                """
        }
    }
}
