import Testing

@testable import Daemon

struct BurialsTests {
    /// Batches of three targets, as the store returns them one after the other.
    @Test func `what is given up of a target is reported once, however many batches it takes`() {
        var burials = Burials()
        #expect(burials.note(2000, of: "chat", isMore: true).isEmpty)
        #expect(burials.note(2000, of: "chat", isMore: true).isEmpty)
        let first = burials.note(7, of: "ops", isMore: true)
        #expect(first.count == 1 && first[0] == ("chat", 4000))
        let rest = burials.note(1, of: "pager", isMore: false)
        #expect(rest.count == 2 && rest[0] == ("ops", 7) && rest[1] == ("pager", 1))
        #expect(burials.note(0, of: nil, isMore: false).isEmpty)
    }

    @Test func `the end of the last batch may come by itself`() {
        var burials = Burials()
        #expect(burials.note(3, of: "chat", isMore: true).isEmpty)
        let last = burials.note(0, of: nil, isMore: false)
        #expect(last.count == 1 && last[0] == ("chat", 3))
    }
}
