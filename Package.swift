// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Set to 1, a debug build leaves everything unoptimised: it compiles in half the time, and the simulation runs slower.
let isQuick = ProcessInfo.processInfo.environment["POLARAI_QUICK_BUILD"] == "1"

/// Every target of ours is built in the Swift 6 language mode, with these features on and warnings as errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Deprecations arrive with a toolchain or a package update, not with a change of ours: seen, not fatal.
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

/// The modules that read what others write.
let fuzzed: [Target.Dependency] = [
    "Model", "HTTPTransport", "PolarDB", "Config", "Store", "Alerts", "Daemon", "Reports", "Web",
]

/// The targets stand in the order in which a value flows through them; docs/architecture.md draws it.
let package = Package(
    name: "polarai-daemon",
    products: [
        .executable(name: "polarai-daemon", targets: ["polarai-daemon"]),
        .executable(name: "polarai-web", targets: ["polarai-web"]),
        .executable(name: "polarai-simulator", targets: ["polarai-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // What libraries of C offer, made callable.
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CMemory"),
        .systemLibrary(name: "CFile"),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CTerminal"),
        .systemLibrary(name: "CCrypt"),

        // Bytes and text: the gate for what comes from outside and goes there.
        .target(name: "Wire"),

        // The words of the domain.
        .target(name: "Model", dependencies: ["Wire"]),

        // Reading files of others: only regular ones, bounded in size and time.
        .target(name: "Files", dependencies: ["Model"]),

        // Running programs of others: bounded in time and output, ended with everything that they started.
        .target(name: "Programs", dependencies: ["CEpoll"]),

        // Config -> Monitor -> PolarDB -> Store -> Alerts.
        .target(name: "Config", dependencies: ["Model", "Files"]),
        .target(name: "HTTPTransport", dependencies: ["Model", "Files", "CCurl", "CEpoll"]),
        .target(name: "PolarDB", dependencies: ["Model", "Files", "Programs", "HTTPTransport", crypto]),
        .target(name: "Monitor", dependencies: ["Model"]),
        // Who gets an event, and when.
        .target(name: "Notifying", dependencies: ["Model"]),
        .target(name: "Migrations", plugins: ["EmbedMigrations"]),
        // Sessions with a PostgreSQL server: every wait has a limit.
        .target(name: "Postgres", dependencies: ["Wire", "Model", "Files", "CPostgres"]),
        // How several hosts divide the work: who may do what, until when.
        .target(name: "Sharing", dependencies: ["Model", "Postgres", "Store"]),
        .target(name: "Store", dependencies: ["Model", "Migrations", "Postgres", "CFile", grdb, grdbSQLite]),
        .target(name: "Alerts", dependencies: ["Model", "Files", "HTTPTransport", crypto]),
        .target(name: "Systemd", dependencies: ["Wire", "CSystemd"]),
        // Figures: what is counted, how it is exchanged and written for scrapers.
        .target(name: "Figures", dependencies: ["Model", "Store"]),
        .target(
            name: "Daemon",
            dependencies: [
                "Model", "Files", "Programs", "Config", "HTTPTransport", "PolarDB", "Monitor", "Notifying", "Postgres",
                "Sharing", "Store", "Alerts", "Systemd", "Figures", "CMemory", unixSignals,
            ]),

        // What the command line and the status page show alike: JSON objects, times.
        .target(name: "Reports", dependencies: ["Model", "Files", "Config", "PolarDB", "Store"]),

        // The status page: what it looks like, and who serves it.
        .target(name: "WebPage", dependencies: ["Model", "Store"], plugins: ["EmbedPageFiles"]),
        .target(
            name: "Web",
            dependencies: [
                "Model", "Config", "HTTPTransport", "PolarDB", "Postgres", "Sharing", "Store", "Alerts", "Reports",
                "Figures", "Systemd", "WebPage", "CCrypt", "CMemory", hummingbirdCore, nioCore, nioHTTP1, nioPosix,
                nioSSL,
                lifecycle, unixSignals,
                logging, crypto,
            ]),

        // The programs.
        .executableTarget(
            name: "polarai-daemon",
            dependencies: [
                "Model", "Files", "Config", "PolarDB", "HTTPTransport", "Postgres", "Sharing", "Store", "Alerts",
                "Figures",
                "Daemon", "Reports", "CTerminal",
                argumentParser,
            ]),
        .executableTarget(name: "polarai-web", dependencies: ["Model", "Config", "Web", argumentParser]),
        .executableTarget(
            name: "polarai-simulator",
            dependencies: [
                "Model", "HTTPTransport", "PolarDB", hummingbird, hummingbirdTLS, nioCore, nioSSL, lifecycle,
                unixSignals, argumentParser, logging, crypto,
            ]),

        // What `make bench` measures.
        .target(
            name: "DetectionTrial", dependencies: ["Model", "Monitor", "TestSupport"], path: "Benchmarks/DetectionTrial"
        ),
        .executableTarget(
            name: "polarai-bench",
            dependencies: [
                "Model", "HTTPTransport", "PolarDB", "Monitor", "Postgres", "Sharing", "Store", "Systemd", "Daemon",
                "DetectionTrial",
                argumentParser,
            ],
            path: "Benchmarks/polarai-bench"),

        // migrations/*.sql, compiled in.
        .executableTarget(name: "EmbedMigrationsTool"),
        .plugin(name: "EmbedMigrations", capability: .buildTool(), dependencies: ["EmbedMigrationsTool"]),

        // web/*: the page's style, script and icons, compiled in.
        .executableTarget(name: "EmbedPageFilesTool"),
        .plugin(name: "EmbedPageFiles", capability: .buildTool(), dependencies: ["EmbedPageFilesTool"]),

        // Tests stand beside their module's name. TestSupport: temporary folders, certificates, real
        // processes, numbers from a seed.
        .target(name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport"),
        .testTarget(name: "WireTests", dependencies: ["Wire", "TestSupport"]),
        .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
        .testTarget(
            name: "ConfigTests", dependencies: ["Config", "Alerts", "Files", "Model", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "HTTPTransportTests", dependencies: ["HTTPTransport", "Model", "TestSupport"]),
        .testTarget(name: "PolarDBTests", dependencies: ["PolarDB", "HTTPTransport", "Model", "TestSupport"]),
        .testTarget(name: "NotifyingTests", dependencies: ["Notifying", "Model", "TestSupport"]),
        .testTarget(name: "MonitorTests", dependencies: ["Monitor", "Model", "DetectionTrial", "TestSupport"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "Model", "TestSupport"]),
        .testTarget(name: "SharingTests", dependencies: ["Sharing", "Migrations", "Postgres", "Model", "TestSupport"]),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Migrations", "Postgres", "Model", "TestSupport", grdb, grdbSQLite]),
        .testTarget(
            name: "AlertsTests", dependencies: ["Alerts", "HTTPTransport", "Model", "TestSupport", crypto],
            exclude: ["Golden"]),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "TestSupport"]),
        .testTarget(name: "FiguresTests", dependencies: ["Figures", "Store", "Model", "TestSupport"]),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "Alerts", "Config", "HTTPTransport", "Model", "Monitor", "Notifying", "PolarDB", "Store",
                "Systemd", "Figures", "TestSupport", grdb,
            ]),
        // Odd values all the way from an answer to a message.
        .testTarget(
            name: "GateTests",
            dependencies: ["Model", "HTTPTransport", "PolarDB", "Monitor", "Store", "Alerts", "Config", "TestSupport"]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["polarai-simulator", "Alerts", "PolarDB", "HTTPTransport", "Model", "TestSupport", crypto]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                argumentParser, "polarai-daemon", "Alerts", "Config", "Daemon", "HTTPTransport", "Reports", "Store",
                "Model", "TestSupport",
            ],
            exclude: ["Golden"]),
        .testTarget(name: "WebPageTests", dependencies: ["WebPage", "Model"]),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "polarai-web", "Config", "HTTPTransport", "Model", "Store", "TestSupport", nioCore, nioEmbedded,
                nioHTTP1, nioPosix,
            ]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Model", "Files", "Monitor", "Notifying", "Postgres", "Sharing", "Store", "Alerts", "Daemon",
                "HTTPTransport", "Systemd", "TestSupport", grdb,
            ]),
        // What reads bytes of others, as fuzzers feed it; `Main` is for libFuzzer, below.
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed + ["TestSupport"], exclude: ["Corpus", "Main", "fuzz.sh"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Model", "TestSupport", "polarai-daemon", "polarai-web", "polarai-simulator"]),
    ]
)

// POLARAI_TESTS=StoreTests,ModelTests builds these test targets alone, with what they need:
// swift build --product polarai-daemonPackageTests
if let names = ProcessInfo.processInfo.environment["POLARAI_TESTS"]?.split(separator: ",").map(String.init) {
    package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}

// POLARAI_FUZZ=1 adds the program that `make fuzz` builds for libFuzzer. SwiftPM's own --sanitize would link libFuzzer, which
// has a main function, with the tools of the plugins, too.
let isFuzzing = ProcessInfo.processInfo.environment["POLARAI_FUZZ"] == "1"
if isFuzzing {
    package.targets.removeAll { $0.type == .test }
    package.targets.append(
        .executableTarget(
            name: "polarai-fuzz", dependencies: fuzzed + ["TestSupport"], path: "Tests/FuzzTests",
            sources: ["Entries", "Main"], swiftSettings: [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
    for target in package.targets where target.type == .regular || target.name == "polarai-fuzz" {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer,address"])]
    }
}

for target in package.targets where target.type != .plugin && target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
    // Weeks of operation are simulated with these: unoptimised they take three times as long.
    let isSimulated = [
        "Wire", "Model", "HTTPTransport", "Monitor", "Notifying", "Sharing", "Store", "Alerts", "Systemd", "Daemon",
        "SimulationTests",
    ].contains(target.name)
    if isFuzzing || !isQuick && isSimulated {
        target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
    }
}
