import Model
import Testing

struct BufferedRandomGeneratorTests {
    @Test func `gives no number twice, over many fetches`() {
        let generator = BufferedRandomGenerator()
        let other = BufferedRandomGenerator()
        let numbers = Set((0..<1000).flatMap { _ in [generator.next(), other.next()] })
        #expect(numbers.count == 2000)
        // Every bit moves.
        #expect(numbers.reduce(0, |) == .max)
        #expect(numbers.reduce(.max, &) == 0)
    }
}
