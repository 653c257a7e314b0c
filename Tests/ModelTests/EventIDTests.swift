import Model
import Testing

struct EventIDTests {
    @Test(arguments: ["a1b2c3d4-1", "zzzzzzzz-9223372036854775807", "00000000-10"])
    func `an id is read as it is written`(text: String) throws {
        #expect(try #require(EventID(text)).description == text)
    }

    @Test(arguments: [
        "", "-", "a1b2c3d4", "a1b2c3d4-", "a1b2c3d4-0", "a1b2c3d4-01", "a1b2c3d4--1", "a1b2c3d4-+1", "a1b2c3d4-1 ",
        " a1b2c3d4-1", "a1b2c3d4-9223372036854775808", "a1b2c3d-1", "a1b2c3d4e-1", "A1B2C3D4-1", "a1b2c3d4-１",
        "a1b2c3d4-1\0", "é1b2c3d-1",
    ])
    func `nothing else is a valid id`(text: String) {
        #expect(EventID(text) == nil)
    }
}
