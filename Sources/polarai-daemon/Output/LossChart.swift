import Model

/// The loss of a run as a small drawing in braille dots, two by four in a cell, for a terminal.
struct LossChart {
    let text: String

    private static let rows = 8
    /// The first cell of the block of braille patterns (Unicode, U+2800), and the bits of its dots by column and row.
    private static let blank: UInt32 = 0x2800
    private static let dots: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    /// Each loss at its step, or at its time where steps are missing; strictly ascending.
    private static func places(_ points: [CurvePoint]) -> [(x: Double, loss: Double)] {
        let hasSteps = points.allSatisfy { $0.step != nil }
        var places: [(x: Double, loss: Double)] = []
        for point in points {
            guard let loss = point.loss, abs(loss) <= ProgressPoint.largestMetric else { continue }
            let x = hasSteps ? Double(point.step ?? 0) : Double(point.at.milliseconds)
            if let last = places.last, last.x >= x { continue }
            places.append((x, loss))
        }
        return places
    }

    /// Three places behind the point; small numbers as they are.
    private static func label(_ value: Double) -> String {
        abs(value) < 0.01 ? "\(value)" : "\((value * 1000).rounded() / 1000)"
    }

    /// - Parameter width: cells of a line; nil: no drawing.
    /// - Returns: nil where there are fewer than two places to draw, or no room.
    init?(_ points: [CurvePoint], width: Int?) {
        let places = Self.places(points)
        guard let width, let first = places.first, let last = places.last, last.x > first.x else { return nil }
        let losses = places.map(\.loss)
        guard let low = losses.min(), let high = losses.max() else { return nil }
        let labels = [high, low].map(Self.label)
        let margin = (labels.map(\.count).max() ?? 0) + 2
        let columns = min(width - margin - 1, 72)
        guard columns >= 10 else { return nil }

        let across = columns * 2
        let down = Self.rows * 4
        var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: columns), count: Self.rows)
        var before: Int?
        var right = 1
        for x in 0..<across {
            // Between two places a straight line; of many in one column the one it falls on.
            let place = first.x + Double(x) / Double(across - 1) * (last.x - first.x)
            while right < places.count - 1, places[right].x < place { right += 1 }
            let (from, to) = (places[right - 1], places[right])
            let share = min(1, max(0, (place - from.x) / (to.x - from.x)))
            let value = from.loss * (1 - share) + to.loss * share
            let height = high > low ? (high - value) / (high - low) : 0.5
            let y = min(down - 1, max(0, Int(clamped: (height * Double(down - 1)).rounded())))
            for dot in min(y, before ?? y)...max(y, before ?? y) {
                cells[dot / 4][x / 2] |= Self.dots[x % 2][dot % 4]
            }
            before = y
        }
        var lines: [String] = []
        for (row, cells) in cells.enumerated() {
            let label = row == 0 ? labels[0] : row == Self.rows - 1 ? labels[1] : ""
            let drawing = String(String.UnicodeScalarView(cells.compactMap { Unicode.Scalar(Self.blank + $0) }))
            lines.append(String(repeating: " ", count: margin - 1 - label.count) + label + " " + drawing)
        }
        let steps = [points.first, points.last].compactMap { $0?.step.map { "\($0)" } }
        if steps.count == 2 {
            let gap = max(1, columns - steps[0].count - steps[1].count)
            lines.append(
                String(repeating: " ", count: margin) + steps[0] + String(repeating: " ", count: gap) + steps[1])
        }
        text = "Loss by step\n" + lines.joined(separator: "\n") + "\n"
    }
}
