import Alerts
import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model
import Store

/// `polarai-daemon doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything the service needs and report how to fix problems.",
        discussion: """
            Credentials, endpoint, the permission for every action, clock, database, disk, targets: one line each. No \
            message is sent and nothing is stored. Exits 0 if all is well, 1 if something must be fixed, 69 if the API \
            cannot be reached and nothing else is wrong, 78 if the config has mistakes.
            """)

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let environment = HostEnvironment.current()
        let path = config.path(in: environment)
        let loaded = try ConfigLoader.host(environment: environment).load(path)
        let secrets = UnitSecrets(SecretReading(environment: environment).reader)
        let read: SecretReader = { try secrets.read($0) }
        let http = ObservingClient(OnDemandClient())
        defer { http.shutdown() }

        var report = DoctorReport(isColoured: StandardOutput.takesColour, secrets: secrets)
        try report.add(
            loaded.findings.isEmpty
                ? .good("config", path)
                : .worthALook(
                    "config",
                    "\(path) is valid; to see its warnings and notes (\(loaded.findings.count)): polarai-daemon check-config"
                ))
        let api = DoctorAPI(settings: loaded.settings, http: http, environment: environment, read: read)
        try await api.look(into: &report)
        var suspended: [String: SuspendedTarget] = [:]
        switch loaded.settings.storage.place {
        case .file(let database):
            let host = DoctorHost(databasePath: database, trouble: await LiveStatus.trouble(with: database))
            try report.add(host.database())
            try report.add(DoctorHost.sqlite())
            try report.add(host.disk())
            suspended = host.suspendedTargets()
        case .postgres(let address):
            let postgres = DoctorPostgres(address: address, read: read)
            let findings = await postgres.findings()
            for finding in findings { try report.add(finding) }
            // A server that does not answer is not asked again.
            let answers = findings.contains { $0.grade == .good }
            let stored = answers ? await postgres.stored() : DoctorPostgres.Stored()
            if let dead = stored.deadAlerts { try report.add(dead) }
            suspended = stored.suspended
        }
        let targets = DoctorTargets(http: http, read: read, suspended: suspended)
        for target in loaded.settings.targets {
            for finding in await targets.look(at: target) { try report.add(finding) }
        }
        guard report.status == .done else { throw report.status.exitCode }
    }
}
