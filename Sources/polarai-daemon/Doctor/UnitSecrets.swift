import Config
import Model
import Synchronization

/// Credentials of the unit, which a command that runs outside it cannot read: what needs one is not broken, it is not checked.
final class UnitSecrets: Sendable {
    private let complaints = Mutex<Set<String>>([])
    private let reader: SecretReader

    init(_ reader: @escaping SecretReader) {
        self.reader = reader
    }

    /// Reads a secret, and remembers what could not be read because the process is not the service.
    func read(_ secret: Secret) throws -> String {
        do {
            return try reader(secret)
        } catch let error as SecretError where error.isOutsideUnit {
            complaints.withLock { _ = $0.insert(error.message) }
            throw error
        }
    }

    /// The finding; one whose cause is such a credential becomes a hint.
    func graded(_ finding: DoctorFinding) -> DoctorFinding {
        guard finding.grade == .fault, complaints.withLock({ $0.contains { finding.words.contains($0) } }) else {
            return finding
        }
        return .worthALook(finding.subject, "not checked: \(finding.words)")
    }
}
