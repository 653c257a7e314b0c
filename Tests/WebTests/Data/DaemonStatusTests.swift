import Model
import TestSupport
import Testing

@testable import Web

/// What the status page learns from the daemon's socket.
struct DaemonStatusTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("status.sock", "")
    }

    private func view(_ status: Int, _ body: String) async -> DaemonStatus.View {
        await DaemonStatus(path: folder.file("status.sock"), http: OneAnswer(status: status, body: body)).current()
    }

    private static let trouble =
        #""daemon": {"pid": 7}, "database": {"reachable": false, "error": "/d/p.db: no space"}"#

    @Test func `a daemon that cannot write is in trouble, and still says what it knows`() async {
        let view = await view(200, #"{"clusters": [], \#(Self.trouble)}"#)
        #expect(view.pid == 7)
        #expect(view.trouble?["database"]?["error"]?.stringValue == "/d/p.db: no space")
    }

    @Test func `a daemon that cannot read is in trouble, and says no more`() async {
        let view = await view(503, #"{"error": "x", \#(Self.trouble)}"#)
        #expect(view.status == nil && view.pid == nil)
        #expect(view.trouble?["daemon"]?["pid"] == .integer(7))
    }

    @Test(arguments: [
        (200, #"{"daemon": {"pid": 7}, "database": {"reachable": true, "error": null}}"#), (503, #"{"error": "busy"}"#),
        (404, "{}"),
    ])
    func `another answer says nothing of trouble with the database`(status: Int, body: String) async {
        #expect(await view(status, body).trouble == nil)
    }
}
