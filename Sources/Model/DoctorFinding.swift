/// One thing that `doctor` found.
package struct DoctorFinding: Hashable, Sendable {
    package enum Grade: Hashable, Sendable {
        case good
        /// Nothing is broken; somebody may want to know.
        case worthALook
        /// Something is to be done.
        case fault
        /// What was asked does not answer: for a while, or there is something to be done.
        case unreachable
    }

    package let grade: Grade
    /// What was looked at: `credentials of account default`.
    package let subject: String
    /// How it is, or what is wrong and what to do.
    package let words: String

    package init(_ grade: Grade, _ subject: String, _ words: String) {
        self.grade = grade
        self.subject = subject
        self.words = words
    }

    package static func good(_ subject: String, _ words: String) -> DoctorFinding { Self(.good, subject, words) }

    package static func worthALook(_ subject: String, _ words: String) -> DoctorFinding {
        Self(.worthALook, subject, words)
    }

    package static func fault(_ subject: String, _ words: String) -> DoctorFinding { Self(.fault, subject, words) }

    package static func unreachable(_ subject: String, _ words: String) -> DoctorFinding {
        Self(.unreachable, subject, words)
    }
}
