import Config
import Model
import Testing

struct SettingsChangeTests {
    @Test func `a reload tells what came, went and changed`() throws {
        let old = try load(
            """
            {"api": {"region": "cn-beijing"}, "clusters": ["pm-1", {"id": "pm-2", "poll": "30s"}, "pm-3"],
             "targets": {"a": {"type": "systemd"}, "b": {"type": "systemd"}}}
            """
        ).settings
        let new = try load(
            """
            {"api": {"region": "cn-beijing"}, "clusters": ["pm-4", {"id": "pm-2", "poll": "15s"}, "pm-1"],
             "targets": {"b": {"type": "systemd"}}}
            """
        ).settings
        let changes = new.clusterChanges(since: old)
        #expect(changes.added.map(\.id.rawValue) == ["pm-4"])
        #expect(changes.removed.map(\.rawValue) == ["pm-3"])
        #expect(changes.changed == [new.clusters[1]])
        #expect(new.targetsRemoved(since: old) == ["a"])
    }

    @Test func `the same config twice is no change`() throws {
        let text = try String(decoding: Fixture.example("full.json"), as: UTF8.self)
        let (one, two) = (try load(text).settings, try load(text).settings)
        #expect(one == two)
        #expect(two.clusterChanges(since: one).isEmpty)
        #expect(two.targetsRemoved(since: one).isEmpty)
    }
}
