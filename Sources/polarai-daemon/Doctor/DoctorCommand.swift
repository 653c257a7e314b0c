import Alerts
import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model

/// `polarai-daemon doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that the service needs, and say what to do where it lacks.",
        discussion: """
            Credentials, endpoint, the permission for every action, clock, database, disk, targets: a line each. No \
            message is sent and nothing is stored. Exits 0 where all is well, 1 where something is to be done, 69 where \
            the API cannot be reached and nothing else is wrong, 78 where the config has mistakes.
            """)

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let environment = HostEnvironment.current()
        let path = config.path(in: environment)
        let loaded = try ConfigLoader.host(environment: environment).load(path)
        let read = SecretReading(environment: environment).reader
        let http = ObservingClient(CurlClient(userAgent: ProgramVersion.userAgent))
        defer { http.shutdown() }

        var report = DoctorReport(isColoured: StandardOutput.takesColour)
        try report.add(
            loaded.findings.isEmpty
                ? .good("config", path)
                : .worthALook(
                    "config", "\(path) is taken, with \(loaded.findings.count) remarks: polarai-daemon check-config"))
        let api = DoctorAPI(settings: loaded.settings, http: http, environment: environment, read: read)
        try await api.look(into: &report)
        let host = DoctorHost(databasePath: loaded.settings.storage.path)
        try report.add(host.database())
        try report.add(host.disk())
        let targets = DoctorTargets(http: http, read: read)
        for target in loaded.settings.targets {
            try report.add(await targets.look(at: target))
        }
        guard report.status == .done else { throw report.status.exitCode }
    }
}
