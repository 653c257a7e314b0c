import Model
import Testing

@testable import Alerts

struct OpenTroublesTests {
    private static let sequences: [(newestFirst: [EventKind], open: Set<EventKind>)] = [
        ([.failed], [.failed]), ([.completed, .failed], []), ([.restarted, .stalled, .failed], []),
        ([.stalled, .restarted], [.stalled]), ([.gone], [.gone]), ([.changed, .gone], []), ([], []),
        ([.pollFailing], [.pollFailing]), ([.pollRecovered, .pollFailing], []),
        ([.completed, .pollFailing], [.pollFailing]),
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

    @Test func `a failure that is sent after its end opens an incident again`() {
        func at(_ kind: EventKind, _ second: Int64) -> EarlierAlert {
            EarlierAlert(
                kind: kind, hasArrived: true, mayHaveArrived: true, changedAt: Timestamp(milliseconds: second * 1000))
        }
        #expect(OpenTroubles.after([at(.restarted, 20), at(.failed, 30)]) == [.failed])
        #expect(OpenTroubles.after([at(.restarted, 40), at(.failed, 30)]).isEmpty)
        #expect(OpenTroubles.after([at(.completed, 35), at(.restarted, 20), at(.failed, 30)]).isEmpty)
        // Clocks that were set: what came later by its number is open in any case.
        #expect(OpenTroubles.after([at(.failed, 10), at(.restarted, 40)]) == [.failed])
    }

    @Test func `an escalation opens what its original opens, and ends nothing`() {
        let escalated = EarlierAlert(kind: .failed, hasArrived: true, mayHaveArrived: true, isEscalation: true)
        #expect(OpenTroubles.after([escalated, arrived(.gone)]) == [.failed, .gone])
        #expect(OpenTroubles.after([arrived(.failed), arrived(.gone)]) == [.failed])
    }

    @Test func `what was tried in vain may have opened an incident, and has closed none`() {
        #expect(OpenTroubles.after([tried(.failed)]) == [.failed])
        #expect(OpenTroubles.after([tried(.restarted), arrived(.failed)]) == [.failed])
        #expect(OpenTroubles.after([arrived(.changed), tried(.restarted), arrived(.failed)]).isEmpty)
        // It ends one kind of trouble and begins another one.
        #expect(OpenTroubles.after([tried(.failed), arrived(.stalled)]) == [.failed, .stalled])
    }
}
