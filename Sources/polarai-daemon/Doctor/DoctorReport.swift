import Model

extension DoctorFinding {
    /// One line of `doctor`.
    func line(isColoured: Bool) -> String {
        let (mark, colour): (String, Table.Colour) =
            switch grade {
            case .good: ("✓", .green)
            case .worthALook: ("!", .yellow)
            case .fault, .unreachable: ("✗", .red)
            }
        let shownMark = isColoured ? colour.applied(to: mark) : mark
        return "\(shownMark) \(TerminalText.cell(subject)): \(TerminalText.cell(words))"
    }
}

/// What was found so far; each line is printed as soon as it is known, for some take their time.
struct DoctorReport {
    let isColoured: Bool
    /// Tells what is broken from what cannot be checked outside the unit.
    let secrets: UnitSecrets
    private(set) var status = ExitStatus.done

    mutating func add(_ found: DoctorFinding) throws {
        let finding = secrets.graded(found)
        note(finding.grade)
        try StandardOutput.show(finding.line(isColoured: isColoured) + "\n")
    }

    /// A fault outweighs an API that does not answer: that may pass, a fault stays.
    mutating func note(_ grade: DoctorFinding.Grade) {
        switch grade {
        case .good, .worthALook: break
        case .fault: status = .failure
        case .unreachable: if status == .done { status = .unavailable }
        }
    }
}
