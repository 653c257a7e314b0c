import Store
import Testing

@testable import Daemon

struct OpeningNoticeTests {
    @Test func `an upgrade of a file names its copy, one of a server has none`() throws {
        let step = OpeningStep.migrating(fromVersion: 7, toVersion: 9)
        let file = try #require(step.notice(of: "/srv/p.db"))
        #expect(file.contains("/srv/p.db from schema 7 to 9.") && file.contains("/srv/p.db.v7.bak"))
        #expect(step.notice(of: nil) == "Upgrading the database from schema 7 to 9.")
    }

    @Test(arguments: [OpeningStep.creating, .checking, .copying(fromVersion: 7)])
    func `other steps are not worth a line`(step: OpeningStep) {
        #expect(step.notice(of: "/srv/p.db") == nil)
    }
}
