import Model
import PolarDB
import Testing

struct AnswerDigestTests {
    private func digest(_ text: String) -> BodyDigest { AnswerDigest.make(of: Array(text.utf8)).digest }
    private func requestID(_ text: String) -> String? { AnswerDigest.make(of: Array(text.utf8)).requestID }

    @Test(arguments: [
        (#"{"RequestId":"A","x":1}"#, #"{"RequestId":"B","x":1}"#),
        (#"{"x":{"RequestId":"same"},"RequestId" : "A"}"#, #"{"x":{"RequestId":"same"},"RequestId" : "BBBB"}"#),
        (#"{"a":"\"RequestId\":\"X\"","RequestId":"A"}"#, #"{"a":"\"RequestId\":\"X\"","RequestId":""}"#),
        (#"{"a":"RequestId","RequestId":"A"}"#, #"{"a":"RequestId","RequestId":"B"}"#),
        (#"{"a":["\\",{"b":"]"}],"RequestId":"A"}"#, #"{"a":["\\",{"b":"]"}],"RequestId":"B"}"#),
    ])
    func `is the same where only the request id differs`(one: String, other: String) {
        #expect(digest(one) == digest(other))
    }

    @Test(arguments: [
        (#"{"RequestId":"A","x":1}"#, #"{"RequestId":"A","x":2}"#),
        // A request id that is not the answer's own.
        (#"{"x":{"RequestId":"A"}}"#, #"{"x":{"RequestId":"B"}}"#),
        (#"[{"RequestId":"A"}]"#, #"[{"RequestId":"B"}]"#),
        (#"{"x":"RequestId","y":"A"}"#, #"{"x":"RequestId","y":"B"}"#),
        (#"{"a":"\"RequestId\":\"X\""}"#, #"{"a":"\"RequestId\":\"Y\""}"#),
        // Not a plain text.
        (#"{"RequestId":1}"#, #"{"RequestId":2}"#), (#"{"RequestId":null}"#, #"{"RequestId":true}"#),
        (#"{"RequestId":"A\""}"#, #"{"RequestId":"B\""}"#), (#"{"RequestId":{"s":"A"}}"#, #"{"RequestId":{"s":"B"}}"#),
        // Twice: only the first is left out.
        (#"{"RequestId":"A","RequestId":"A"}"#, #"{"RequestId":"A","RequestId":"B"}"#),
        // Bytes that move across the border.
        (#"{"RequestId":"A","x":"B"}"#, #"{"RequestId":"A\",\"x\":\"B"}"#),
        (#"{"requestid":"A"}"#, #"{"requestid":"B"}"#), (#"{"RequestIdx":"A"}"#, #"{"RequestIdx":"B"}"#),
        // Cut off.
        (#"{"RequestId":"A"#, #"{"RequestId":"B"#), (#"{"RequestId":"#, #"{"RequestId""#), ("", " "),
    ])
    func `differs where anything else differs, or in doubt`(one: String, other: String) {
        #expect(digest(one) != digest(other))
        #expect(digest(one) == digest(one))
    }

    @Test func `reads the request id on the way`() {
        #expect(requestID(#"{"x":{"RequestId":"no"},"RequestId":" 45D2-7 "}"#) == "45D2-7")
        #expect(requestID(#"{"RequestId":"45D2\n"}"#) == nil)
        #expect(requestID(#"{"x":1}"#) == nil)
    }

    /// Every byte of the sample but those of its request id counts.
    @Test func `sees any changed byte of the sample answer`() throws {
        let sample = try Fixture.sampleAnswer()
        let known = AnswerDigest.make(of: sample)
        let requestID = try #require(known.requestID)
        let id = try #require(sample.firstRange(of: Array(requestID.utf8)))
        for place in sample.indices {
            var changed = sample
            changed[place] ^= 1
            let isSame = AnswerDigest.make(of: changed).digest == known.digest
            #expect(isSame == id.contains(place), "byte \(place)")
        }
        for length in sample.indices { #expect(AnswerDigest.make(of: Array(sample[..<length])).digest != known.digest) }
    }
}
