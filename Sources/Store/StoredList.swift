import Model

/// Lists that a statement reads with `json_each`: one statement for many rows.
enum StoredList {
    static func numbers(_ numbers: some Sequence<Int64>) -> String {
        "[" + numbers.lazy.map(String.init).joined(separator: ",") + "]"
    }

    static func texts(_ texts: some Sequence<String>) -> String {
        JSONValue.strings(texts).text()
    }
}
