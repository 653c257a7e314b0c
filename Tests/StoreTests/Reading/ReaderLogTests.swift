import GRDB
import Model
import Testing

@testable import Store

struct ReaderLogTests {
    @Test
    func `a reader that is not read on does not hold the log`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let events = (0..<12_000).map { RoutedEvent(event: StoreFixture.event(at: Double($0)), targets: []) }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        let reader = try fixture.reader()
        var parts = 0
        _ = try reader.history(
            HistoryFilter(), limit: nil,
            between: {
                parts += 1
                try store.record(StoreFixture.event())
                let log = try store.queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                #expect(log.walFrameCount == 0)
            }, { _ in })
        #expect(parts == 2)
    }
}
