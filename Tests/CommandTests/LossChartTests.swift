import Model
import Testing

@testable import polarai_daemon

struct LossChartTests {
    private func points(_ losses: [Double?], steps: [Int?]? = nil) -> [CurvePoint] {
        losses.enumerated().map { index, loss in
            CurvePoint(
                at: Timestamp(milliseconds: Int64(index) * 1000), step: steps.map { $0[index] } ?? index * 10,
                loss: loss)
        }
    }

    @Test func `a falling loss falls from the first line to the last, with its bounds beside it`() throws {
        let chart = try #require(LossChart(points([4, 3, 2, 1, 0]), width: 40))
        let lines = chart.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 10)
        #expect(lines[0] == "Loss by step")
        #expect(lines[1].hasPrefix(" 4.0 "))
        #expect(lines[8].hasPrefix(" 0.0 "))
        #expect(lines[9].trimmed.hasPrefix("0") && lines[9].hasSuffix("40"))
        #expect(lines.dropFirst().allSatisfy { $0.count <= 40 })
        // The first dot is in the first cell of the top line, the last one in the last cell of the bottom line.
        let cells = lines[1...8].map { Array($0.unicodeScalars.drop { $0.value < 0x2800 }) }
        #expect(cells.first?.first.map { $0.value != 0x2800 } ?? false)
        #expect(cells.last?.last.map { $0.value != 0x2800 } ?? false)
        #expect(cells.first?.last?.value == 0x2800)
    }

    @Test func `steps are drawn where they are, not one beside the other`() throws {
        // Nothing falls before the last tenth of the steps.
        let chart = try #require(LossChart(points([2, 2, 1], steps: [0, 900, 1000]), width: 60))
        let top = Array(chart.text.split(separator: "\n")[1].unicodeScalars.drop { $0.value < 0x2800 })
        #expect(top.prefix(top.count * 8 / 10).allSatisfy { $0.value != 0x2800 })
    }

    @Test func `what cannot be drawn is not`() {
        #expect(LossChart(points([1, 2, 3]), width: nil) == nil)
        #expect(LossChart(points([1, 2, 3]), width: 12) == nil)
        #expect(LossChart(points([1]), width: 80) == nil)
        #expect(LossChart(points([nil, .nan, 1, .infinity]), width: 80) == nil)
        // Stored before losses were bounded: their difference is not finite.
        #expect(LossChart(points([1.7e308, -1.7e308, 0]), width: 80) == nil)
        #expect(LossChart(points([1e100, -1e100, 0], steps: [0, .max / 2, .max]), width: 120) != nil)
        #expect(LossChart(points([1, 2], steps: [5, 5]), width: 80) == nil)
        #expect(LossChart(points([1, 1, 1]), width: 80) != nil)
        #expect(LossChart(points([1, 2], steps: [nil, nil]), width: 80) != nil)
    }
}
