import Model
import Testing

struct ClusterStatusTests {
    @Test func `GONE is ours, unless the API itself says it`() throws {
        let said = try #require(ClusterStatus(outside: .string(" GONE\n")))
        #expect(said.rawValue == "GONE")
        #expect(!said.isGone && !said.isKnown && !said.isSettled && !said.isTraining)
        #expect(said == .foreignGone)
        #expect(said != .gone)
        #expect(ClusterStatus("GONE") == .gone)
        #expect(ClusterStatus.gone.isGone && ClusterStatus.gone.isKnown)
    }

    @Test(arguments: ["ACTIVATION", "COMPLETED", "FAILED", "QUEUED", "gone"])
    func `any other word is the same wherever it comes from`(word: String) {
        #expect(ClusterStatus(outside: .string(word)) == ClusterStatus(word))
    }
}
