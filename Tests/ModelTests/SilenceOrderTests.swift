import Model
import Testing

struct SilenceOrderTests {
    private let now = Timestamp(milliseconds: 1_795_507_200_000)

    private func order(
        clusters: [String] = [], labels: [String] = [], events: [String] = [], targets: [String] = [],
        all: Bool = false, lasting length: Duration = .seconds(60), comment: String = "moving data",
        author: String = "alice"
    ) -> SilenceOrder {
        SilenceOrder(
            clusters: clusters, labels: labels, events: events, targets: targets, all: all,
            until: now.advanced(by: length), comment: comment, author: author)
    }

    private func mistake(_ order: SilenceOrder, targets: Set<String>? = nil) -> String? {
        do throws(OrderMistake) {
            _ = try order.checked(knownTargets: targets, at: now)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `what is asked for`() throws {
        let checked = try order(
            clusters: ["nightly-*"], labels: ["team=nlp", "url=a=b"], events: ["failed", "overdue"], targets: ["chat"],
            comment: " moving data ", author: "alice"
        ).checked(knownTargets: ["chat", "ops"], at: now)
        #expect(
            checked.matchers
                == SilenceMatchers(
                    clusters: ["nightly-*"],
                    labels: [
                        SilenceMatchers.Label(key: "team", value: "nlp"),
                        SilenceMatchers.Label(key: "url", value: "a=b"),
                    ], events: [.failed, .overdue], targets: ["chat"]))
        #expect(checked.comment == "moving data" && checked.author == "alice")
        #expect(try order(all: true).checked(knownTargets: nil, at: now).matchers.isEmpty)
    }

    @Test func `all of them, or some, and not both or none`() {
        #expect(mistake(order())?.contains("Set at least one of") == true)
        #expect(mistake(order(events: ["failed"], all: true))?.contains("cannot be combined") == true)
    }

    @Test(arguments: [Duration.zero, .milliseconds(-1), .seconds(-86_400)])
    func `an end that has passed`(length: Duration) {
        #expect(mistake(order(all: true, lasting: length))?.contains("has already passed") == true)
    }

    @Test func `an end too far ahead`() {
        #expect(mistake(order(all: true, lasting: .seconds(3700 * 86_400)))?.contains("ten years") == true)
        #expect(mistake(order(all: true, lasting: .seconds(3600 * 86_400))) == nil)
    }

    @Test func `events, targets and labels that are none`() {
        #expect(mistake(order(events: ["fialed"]))?.contains("the events are completed, failed") == true)
        #expect(
            mistake(order(targets: ["pager"]), targets: ["chat", "ops"])?.contains("its targets are: chat, ops") == true
        )
        #expect(mistake(order(targets: ["pager"]), targets: nil) == nil)
        for label in ["team", "=nlp", ""] { #expect(mistake(order(labels: [label])) != nil, "\(label)") }
        #expect(mistake(order(clusters: [""])) != nil)
        #expect(mistake(order(clusters: Array(repeating: "pm-1", count: 101)))?.contains("At most 100") == true)
        #expect(mistake(order(clusters: [String(repeating: "x", count: 1025)])) != nil)
    }

    @Test(arguments: ["", "   ", "two\nlines", "a\u{1B}[2J", String(repeating: "x", count: 2001)])
    func `comments and names that cannot be stored`(text: String) {
        #expect(mistake(order(all: true, comment: text)) != nil)
        #expect(mistake(order(all: true, author: text)) != nil)
    }
}
