/// Numbers out of texts, and between types: nothing here can trap, whatever it is given.
package enum Numbers {
    /// A decimal number that is finite, without white space around it. Neither `0x10` nor `nan` is one.
    package static func double(_ text: some StringProtocol) -> Double? {
        let text = text.trimmed
        guard text.utf8.count <= 400, text.utf8.first.map({ $0.isDigit || "+-.".utf8.contains($0) }) == true,
            text.utf8.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    /// A whole number in decimal digits, without white space around it.
    package static func integer(_ text: some StringProtocol) -> Int64? {
        Int64(text.trimmed)
    }
}

extension Int64 {
    /// The whole part, at most as far from 0 as an Int64 reaches; 0 for NaN.
    package init(clamped number: Double) {
        if number.isNaN {
            self = 0
        } else if number >= 9_223_372_036_854_775_808 {
            self = .max
        } else if number <= -9_223_372_036_854_775_808 {
            self = .min
        } else {
            self = Int64(number)
        }
    }
}

extension Int {
    /// The whole part, at most as far from 0 as an Int reaches; 0 for NaN.
    package init(clamped number: Double) {
        self = Int(clamping: Int64(clamped: number))
    }
}
