package import Config
import PolarDB

extension ConfigLoader {
    /// The loader of the service and of every command: it also reads the profile files that a config points to.
    package static func host(
        environment: HostEnvironment, purpose: ConfigLoader.Purpose = .inspection
    ) -> ConfigLoader {
        ConfigLoader(environment: environment, purpose: purpose) { name, file in
            ProfileCheck.complaint(about: name ?? environment["ALIBABA_CLOUD_PROFILE"], in: file)
        }
    }
}
