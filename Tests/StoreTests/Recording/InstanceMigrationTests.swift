import GRDB
import Model
import Testing

@testable import Store

struct InstanceMigrationTests {
    private let key = InstanceKey(id: "pc-1", scope: StoreFixture.scope)

    @Test func `instances that an older database knows were listed long ago`() throws {
        let fixture = try StoreFixture()
        try fixture.makeOld(migrations: 3)
        try fixture.outsideFile().write { database in
            for (id, instance) in [("pm-1", "pc-1"), ("pm-2", "pc-1"), ("pm-3", nil)] as [(String, String?)] {
                try database.execute(
                    sql: "INSERT INTO clusters (id, account, region, instance) VALUES (?, 'default', 'cn-beijing', ?)",
                    arguments: [id, instance])
            }
        }
        let store = try fixture.open()
        #expect(try store.loadInstances() == [InstanceRecord(key: key, firstListedAt: Timestamp(milliseconds: 0))])
    }
}
