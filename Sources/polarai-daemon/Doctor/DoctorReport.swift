import Model

/// One line of `doctor`.
struct DoctorFinding: Equatable {
    enum Grade: Equatable {
        case good
        /// Nothing is broken; somebody may want to know.
        case worthALook
        /// Something is to be done.
        case fault
        /// The API does not answer: for a while, or there is something to be done.
        case unreachable
    }

    let grade: Grade
    /// What was looked at: `credentials of default`.
    let subject: String
    /// How it is, or what is wrong and what to do.
    let words: String

    static func good(_ subject: String, _ words: String) -> DoctorFinding {
        DoctorFinding(grade: .good, subject: subject, words: words)
    }

    static func worthALook(_ subject: String, _ words: String) -> DoctorFinding {
        DoctorFinding(grade: .worthALook, subject: subject, words: words)
    }

    static func fault(_ subject: String, _ words: String) -> DoctorFinding {
        DoctorFinding(grade: .fault, subject: subject, words: words)
    }

    static func unreachable(_ subject: String, _ words: String) -> DoctorFinding {
        DoctorFinding(grade: .unreachable, subject: subject, words: words)
    }

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
    private(set) var status = ExitStatus.done

    init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    mutating func add(_ finding: DoctorFinding) throws {
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
