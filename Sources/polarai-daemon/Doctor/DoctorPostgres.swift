import Files
import Model
import Postgres
import Store

/// What `doctor` learns from a PostgreSQL database: it connects, asks, and changes nothing.
struct DoctorPostgres {
    let address: Secret
    let read: SecretReader

    private static let options = PostgresOptions(applicationName: "polarai-daemon doctor")

    /// What the database says of targets and alerts.
    struct Stored: Sendable {
        var suspended: [String: SuspendedTarget] = [:]
        /// Nil if no alert is dead.
        var deadAlerts: DoctorFinding?
    }

    func findings() async -> [DoctorFinding] {
        // A connection waits for the network.
        await WorkerThreads.shared.value { [self] in
            do {
                return DatabaseCheckup.findings(try PostgresAddress(read(address)), Self.options)
            } catch {
                return [.fault("database", "storage.url: \(error)")]
            }
        }
    }

    /// Nothing if the database cannot be read, which is reported beside this, or holds no history yet.
    func stored() async -> Stored {
        await WorkerThreads.shared.value { [self] in
            guard let address = try? PostgresAddress(read(address)),
                let source = try? PostgresSource(options: Self.options, address: { address }),
                let reader = try? HistoryReader(postgres: source)
            else { return Stored() }
            let targets = (try? reader.suspendedTargets()) ?? []
            let dead = (try? reader.alertCounts().dead) ?? 0
            return Stored(
                suspended: Dictionary(targets.map { ($0.name, $0) }) { first, _ in first },
                deadAlerts: dead == 0
                    ? nil
                    : .worthALook(
                        "alerts", "\(dead) dead \(dead == 1 ? "alert" : "alerts") (see: polarai-daemon alerts list)"))
        }
    }
}
