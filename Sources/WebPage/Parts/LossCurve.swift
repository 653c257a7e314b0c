import Model

/// The loss of a run over its steps, as a drawing with its figures beside it.
struct LossCurve {
    private struct Place {
        let x: Double
        let loss: Double
        let step: Int?
        let at: Timestamp
    }

    private let places: [Place]
    private let words: Words

    private static let width = 640.0
    private static let height = 240.0
    private static let margin = 8.0
    /// One point a pixel is all that can be seen.
    private static let most = 640

    /// - Returns: nil if there are fewer than two points with a loss.
    init?(_ points: [CurvePoint], words: Words) {
        let withSteps = points.allSatisfy { $0.step != nil }
        var places = points.compactMap { point in
            point.loss.map { loss in
                Place(
                    x: withSteps ? Double(point.step ?? 0) : Double(point.at.milliseconds), loss: loss,
                    step: point.step,
                    at: point.at)
            }
        }
        places.sort { $0.x < $1.x }
        guard places.count >= 2 else { return nil }
        if places.count > Self.most {
            let stride = Double(places.count - 1) / Double(Self.most - 1)
            let all = places
            places = (0..<Self.most).map { all[min(all.count - 1, Int(Double($0) * stride))] }
        }
        self.places = places
        self.words = words
    }

    var html: HTML {
        guard let first = places.first, let last = places.last else { return "" }
        let losses = places.map(\.loss)
        let (low, high) = (losses.min() ?? 0, losses.max() ?? 0)
        let span = high > low ? high - low : 1
        let width = last.x > first.x ? last.x - first.x : 1
        var line = ""
        for place in places {
            let x = Self.margin + (place.x - first.x) / width * (Self.width - 2 * Self.margin)
            let y = Self.margin + (high - place.loss) / span * (Self.height - 2 * Self.margin)
            line += "\(line.isEmpty ? "" : " ")\(Self.digits(x)),\(Self.digits(y))"
        }
        let steps = "\(name(first)) – \(name(last))"
        let summary = words(
            "From \(first.loss.short) at \(name(first)) to \(last.loss.short) at \(name(last)); lowest \(low.short), "
                + "highest \(high.short).",
            "起点（\(name(first))）loss 为 \(first.loss.short)，终点（\(name(last))）为 \(last.loss.short)；最低 \(low.short)，最高 \(high.short)。"
        )
        var table = DataTable(
            caption: words("Loss by step", "各步的 loss"),
            columns: [words("Step", "步数"), words("Loss", "loss"), words("Time", "时间")])
        for (index, place) in shown.enumerated() {
            table.add(
                key: "\(index)",
                ["\(place.step.map { "\($0)" } ?? "–")", "\(place.loss.short)", TimeTag(place.at).html])
        }
        return """
            <figure>
            <svg class="curve" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-labelledby="curve-title curve-text" preserveAspectRatio="none">
            <title id="curve-title">\(words("Loss curve, ", "loss 曲线，"))\(steps)</title>
            <desc id="curve-text">\(summary)</desc>
            <polyline points="\(line)" fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"/>
            </svg>
            <figcaption>\(summary)</figcaption>
            </figure>
            <details id="curve-table"><summary>\(words("Values", "数据"))</summary>
            \(table.html)</details>

            """
    }

    /// At most fifty of them, evenly.
    private var shown: [Place] {
        guard places.count > 50 else { return places }
        return (0..<50).map { places[$0 * (places.count - 1) / 49] }
    }

    private func name(_ place: Place) -> String {
        place.step.map { words("step \($0)", "第 \($0) 步") } ?? place.at.rfc3339
    }

    private static func digits(_ number: Double) -> String {
        "\((number * 10).rounded() / 10)"
    }
}
