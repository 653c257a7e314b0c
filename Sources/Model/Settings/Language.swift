/// The language of messages to people.
package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case chinese = "zh"
}
