import Model
import Testing

@testable import Alerts

struct SentenceTests {
    private func restarted(from status: ClusterStatus) -> Event {
        Event(
            kind: .restarted, cluster: ClusterID("pm-2ze9examp1e00001"), name: "nightly", account: "default",
            region: "cn-beijing", from: status, to: .activation, sighting: .inferred,
            observedAt: Timestamp(milliseconds: 1_795_507_200_000))
    }

    @Test func `a run that began unseen while another went on says that nobody saw that one end`() {
        #expect(
            English().sentence(of: restarted(from: .activation))
                == "Training nightly (pm-2ze9examp1e00001) was restarted; the outcome of its previous run is unknown "
                + "(derived from times that the API reports).")
        #expect(
            Chinese().sentence(of: restarted(from: .activation))
                == "训练 nightly (pm-2ze9examp1e00001) 已重新启动，上一次运行的结果未知（根据 API 返回的时间推断）。")
    }

    @Test func `a run after a settled one says how that one had ended`() {
        #expect(
            English().sentence(of: restarted(from: .failed))
                == "Training nightly (pm-2ze9examp1e00001) was restarted, its status was FAILED "
                + "(derived from times that the API reports)."
        )
    }
}
