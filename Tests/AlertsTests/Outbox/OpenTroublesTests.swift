import Model
import Testing

@testable import Alerts

struct OpenTroublesTests {
    private static let sequences: [(newestFirst: [EventKind], open: Set<EventKind>)] = [
        ([.failed], [.failed]), ([.completed, .failed], []), ([.restarted, .stalled, .failed], []),
        ([.stalled, .restarted], [.stalled]), ([.gone], [.gone]), ([.changed, .gone], []), ([], []),
        ([.stallEnded, .stalled, .overdue], [.overdue]), ([.overdue, .completed, .overdue], [.overdue]),
    ]

    private func arrived(_ kind: EventKind) -> EarlierAlert {
        EarlierAlert(kind: kind, hasArrived: true, mayHaveArrived: true)
    }

    private func tried(_ kind: EventKind) -> EarlierAlert {
        EarlierAlert(kind: kind, hasArrived: false, mayHaveArrived: true)
    }

    private func unsent(_ kind: EventKind) -> EarlierAlert {
        EarlierAlert(kind: kind, hasArrived: false, mayHaveArrived: false)
    }

    @Test(arguments: sequences)
    func `what is open follows from what was sent, newest first`(newestFirst: [EventKind], open: Set<EventKind>) {
        #expect(OpenTroubles.after(newestFirst.map(arrived)) == open)
        // What never arrived neither opens nor closes anything.
        #expect(OpenTroubles.after([unsent(.completed)] + newestFirst.map(arrived)) == open)
        #expect(OpenTroubles.after(newestFirst.map(unsent)).isEmpty)
    }

    @Test func `what was tried in vain may have opened an incident, and has closed none`() {
        #expect(OpenTroubles.after([tried(.failed)]) == [.failed])
        #expect(OpenTroubles.after([tried(.restarted), arrived(.failed)]) == [.failed])
        #expect(OpenTroubles.after([arrived(.changed), tried(.restarted), arrived(.failed)]).isEmpty)
        // It ends one kind of trouble and begins another one.
        #expect(OpenTroubles.after([tried(.failed), arrived(.stalled)]) == [.failed, .stalled])
    }
}
