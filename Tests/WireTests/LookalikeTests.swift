import Testing
import Wire

struct LookalikeTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let text: String
        let masked: String

        var testDescription: String { text }
    }

    static let secrets = [
        Line(text: "using LTAI5tFAKEACCESSKEYID001 now", masked: "using LTAI*** now"),
        Line(text: "key=STS.NUfakefakefakefake12345", masked: "key=STS.***"),
        Line(text: #"{"AccessKeySecret": "abc\"def", "n": 1}"#, masked: #"{"AccessKeySecret": "***", "n": 1}"#),
        Line(text: "OSS_ACCESS_KEY_SECRET=hunter2 step 3", masked: "OSS_ACCESS_KEY_SECRET=*** step 3"),
        Line(text: "password : hunter2, next", masked: "password : ***, next"),
        Line(text: "DB_PASSWORD='two words' ok", masked: "DB_PASSWORD='***' ok"),
        Line(text: "Authorization: Bearer abcdef.ghijkl-123", masked: "Authorization: Bearer ***"),
        Line(text: "header bearer abcdefgh1234 sent", masked: "header bearer *** sent"),
        Line(text: "GET https://user:pa55@example.com/x", masked: "GET https://***@example.com/x"),
        Line(
            text: "https://h/robot/send?access_token=0123abcd&x=1", masked: "https://h/robot/send?access_token=***&x=1"),
        Line(text: "?Expires=1795500000&Signature=ab%2Fcd%3D&x=1", masked: "?Expires=1795500000&Signature=***&x=1"),
        Line(text: "openai sk-proj-abcdefghijklmnop1234", masked: "openai sk-***"),
        Line(text: "login hf_AbCdEfGhIjKlMnOpQrSt", masked: "login hf_***"),
        Line(text: "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig_nature", masked: "jwt eyJ***"),
        Line(text: "sts CAISabcdefghijklmnop/qr+st== end", masked: "sts CAIS*** end"),
        Line(text: "run --api-key s3cr3t --steps 5", masked: "run --api-key *** --steps 5"),
        Line(text: "-----BEGIN RSA PRIVATE KEY-----", masked: "***"),
        Line(text: "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB", masked: "***"),
    ]

    @Test(arguments: secrets)
    func `masks what looks like a secret`(line: Line) {
        #expect(Redaction.lookalikes(in: line.text) == line.masked)
    }

    static let harmless = [
        "step 12/100 epoch 0.5 loss 2.31 lr 1e-6",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "  File \"/opt/conda/lib/python3.11/site-packages/torch/nn/modules/module.py\", line 1751, in _call_impl",
        "tokens: 1024, max_tokens=4096 tokenizer=Qwen2Tokenizer",
        "eos_token: <|im_end|> pad_token=<pad> bos_token: None",
        "saved /models_train/pm-2ze9examp1e00001/merged_models_checkpoint-10",
        "==========================================================",
        "http://localhost:8080/metrics and 12:30:05",
        "训练失败: 显存不足",
        "",
    ]

    @Test(arguments: harmless)
    func `leaves the rest`(text: String) {
        #expect(Redaction.lookalikes(in: text) == text)
    }

    @Test func `takes no long time over any text`() {
        let clock = ContinuousClock()
        for part in ["a", "token", "=", "eyJ", "://", "\"", "password=", "bearer ", "--"] {
            let text = String(repeating: part, count: 20_000 / part.utf8.count)
            let time = clock.measure { _ = Redaction.lookalikes(in: text) }
            #expect(time < .seconds(5), "\(part): \(time)")
        }
    }
}
