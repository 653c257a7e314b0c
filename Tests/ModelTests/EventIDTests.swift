import Model
import Testing

struct EventIDTests {
    @Test func `reads what it writes`() {
        let id = EventID(installation: "k3v9x2ab", seq: 17)
        #expect(id.description == "k3v9x2ab-17")
        #expect(EventID("k3v9x2ab-17") == id)
        #expect(EventID.seq("k3v9x2ab-17", installation: "k3v9x2ab") == 17)
        #expect(EventID.seq("k3v9x2ab-17", installation: "another1") == nil)
    }

    @Test(arguments: [
        "", "-", "k3v9x2ab", "k3v9x2ab-", "k3v9x2ab-0", "k3v9x2ab--5", "k3v9x2ab-+5", "-5", "x-9223372036854775808",
        "x-5 ",
        "x-5-6", "x\u{0}-5",
    ])
    func `refuses what is not an id`(text: String) {
        #expect(EventID(text) == nil)
    }
}
