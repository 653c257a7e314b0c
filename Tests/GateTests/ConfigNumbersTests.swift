import Alerts
import Config
import Foundation
import Model
import Testing

/// Every value of a full config, made odd: it is refused in words, or what is taken can be calculated with.
struct ConfigNumbersTests {
    @Test func `every value of the full config`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config/full.json")
        let full = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let loader = ConfigLoader(environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)
        var refused = 0
        for (text, change) in try OddNumbers.variants(of: full) {
            do {
                let settings = try loader.load(Array(text.utf8), path: "config.json", permissions: nil).settings
                check(settings, change)
            } catch {
                refused += 1
                #expect(!error.mistakes.isEmpty, "\(change)")
            }
        }
        #expect(refused > 500)
    }

    private func check(_ settings: Settings, _ change: String) {
        let now = Course.start
        for target in settings.targets {
            let plan = TargetRegistry.builtIn.plan(for: target) { _ in "" }
            #expect((plan.pace?.perMinute ?? 1) >= 1, "\(change)")
            for wait in plan.delivery.retry + [plan.delivery.giveUpAfter] {
                #expect(wait >= .zero && wait <= .longest, "\(change)")
                #expect(now.wall.advanced(by: wait) >= now.wall, "\(change)")
                #expect(now.monotonic.advanced(by: wait) >= now.monotonic, "\(change)")
            }
        }
        for wait in [settings.schedule.running, settings.schedule.settled, settings.schedule.failingAfter] {
            #expect(wait > .zero && wait <= .longest, "\(change)")
            _ = DurationText.write(wait)
        }
    }
}
