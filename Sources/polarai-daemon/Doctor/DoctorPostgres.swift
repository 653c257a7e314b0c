import Files
import Model
import Postgres

/// What `doctor` learns from a PostgreSQL database: it connects, asks, and changes nothing.
struct DoctorPostgres {
    let address: Secret
    let read: SecretReader

    func findings() async -> [DoctorFinding] {
        // A connection waits for the network.
        await WorkerThreads.shared.value { [self] in
            do {
                let address = try PostgresAddress(read(address))
                return DatabaseCheckup.findings(address, PostgresOptions(applicationName: "polarai-daemon doctor"))
            } catch {
                return [.fault("database", "storage.url: \(error)")]
            }
        }
    }
}
