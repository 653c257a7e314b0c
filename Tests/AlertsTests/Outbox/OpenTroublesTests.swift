import Model
import Testing

@testable import Alerts

struct OpenTroublesTests {
    private static let sequences: [(newestFirst: [EventKind], open: Set<EventKind>)] = [
        ([.failed], [.failed]), ([.completed, .failed], []), ([.restarted, .stalled, .failed], []),
        ([.stalled, .restarted], [.stalled]), ([.gone], [.gone]), ([.changed, .gone], []), ([], []),
    ]

    @Test(arguments: sequences)
    func `what is open follows from what was sent, newest first`(newestFirst: [EventKind], open: Set<EventKind>) {
        #expect(OpenTroubles.after(newestFirst.map { ($0, true) }) == open)
        // What never arrived neither opens nor closes anything.
        #expect(OpenTroubles.after([(.completed, false)] + newestFirst.map { ($0, true) }) == open)
        #expect(OpenTroubles.after(newestFirst.map { ($0, false) }).isEmpty)
    }
}
