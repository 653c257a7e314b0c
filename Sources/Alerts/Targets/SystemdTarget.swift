import Model

/// The service's own journal, which needs nobody's consent: what is written to it is delivered.
///
/// The journal entry and the STATUS line are written by whoever owns the connection to systemd (`Sender`'s `journal`).
struct SystemdTarget: AlertTarget {
    let kind = TargetKind.systemd
    let manners = Manners()

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        []
    }

    func judge(_ answer: Answer) -> Verdict {
        Verdict(.delivered)
    }
}
