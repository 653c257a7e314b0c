/// The header lines of an answer as they came, read only when somebody asks: a poll that changed nothing never does.
package struct HTTPHeaders: Sendable {
    /// Lines that end in LF or CRLF, the status line among them.
    private let block: [UInt8]

    package init(block: [UInt8] = []) {
        self.block = block
    }

    package init(_ headers: [HTTPHeader]) {
        var block: [UInt8] = []
        for header in headers {
            block.append(contentsOf: "\(header.name): \(header.value)\r\n".utf8)
        }
        self.block = block
    }

    /// The value of the first header of this name, whatever the case of its letters, without outer white space.
    package subscript(name: String) -> String? {
        let wanted = Array(name.utf8)
        for line in block.split(separator: UInt8(ascii: "\n")) {
            guard line.count > wanted.count, line[line.startIndex + wanted.count] == UInt8(ascii: ":"),
                zip(line, wanted).allSatisfy({ $0.asciiLowercased == $1.asciiLowercased })
            else { continue }
            return Self.trimmed(line.dropFirst(wanted.count + 1))
        }
        return nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let isBlank: (UInt8) -> Bool = {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
        }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
