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
        Line(
            text: "12:30:05 [rank0] DEBUG MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7== read",
            masked: "12:30:05 [rank0] DEBUG *** read"),
    ]

    /// How programs of several languages print a name with its value.
    static let spellings = [
        Line(text: "api_key=4711-0815-4712-0816 rest", masked: "api_key=*** rest"),
        Line(text: "password=2024-02-29", masked: "password=***"),
        Line(text: "DSN=db;PWD={LION};", masked: "DSN=db;PWD={***};"), Line(text: "PWD={98-76}", masked: "PWD={***}"),
        Line(text: "token: [that's it] see the manual", masked: "token: [***] see the manual"),
        Line(text: #"args "{\"api_key\": \"a b\", \"n\": 1}""#, masked: #"args "{\"api_key\": \"***\", \"n\": 1}""#),
        Line(text: #"{\"pwd\":\"a\\\"b\"} ok"#, masked: #"{\"pwd\":\"***\"} ok"#),
        Line(text: #"x "{\\\"token\\\":\\\"a b\\\"}""#, masked: #"x "{\\\"token\\\":\\\"***\\\"}""#),
        Line(text: "token=b'tiger lily', n=1", masked: "token=b'***', n=1"),
        Line(text: #"passwd: rb"tiger" ok"#, masked: #"passwd: rb"***" ok"#),
        Line(text: #"secret = """two words""" ok"#, masked: #"secret = """***""" ok"#),
        Line(text: "passphrase := `tiger` ok", masked: "passphrase := `***` ok"),
        Line(text: "'api_key' => 'tiger', 'n' => 1", masked: "'api_key' => '***', 'n' => 1"),
        Line(text: "pwd == tiger lily", masked: "pwd == *** lily"),
        Line(text: "pwd: Optional[str] = 'tiger'", masked: "pwd: Optional[str] = '***'"),
        Line(text: #"passwords: ["tiger]", "lily"], n: 1"#, masked: "passwords: [***], n: 1"),
        Line(text: "credential=('user', ['tiger']) ok", masked: "credential=(***) ok"),
        Line(text: "secrets={b => 'tiger'} ok", masked: "secrets={***} ok"),
        Line(text: "pwd=[tiger lily] ok", masked: "pwd=[***] ok"),
        Line(text: #"secrets=["tiger"#, masked: "secrets=[***"),
        Line(text: "f(pwd=tiger,lily,n=1)", masked: "f(pwd=***,n=1)"),
        Line(text: "pwd=tiger;lily&rose n=1", masked: "pwd=*** n=1"),
        Line(text: "access key: tiger lily", masked: "access key: *** lily"),
        Line(
            text: "key:<ghp_abcdefghijklmnop1234> token:<ghp_abcdefghijklmnop1234>",
            masked: "key:<ghp_***> token:<ghp_***>"),
        Line(text: "u=a%26api_key%3Dtiger%2Flily%26n%3D1", masked: "u=a%26api_key%3D***%26n%3D1"),
        Line(text: "q=%7B%22pwd%22%3A%22tiger%22%7D", masked: "q=%7B%22pwd%22%3A%22***%22%7D"),
        Line(text: #"token\u003dtiger"#, masked: #"token\u003d***"#),
        Line(text: "数据库密码：tiger，用户：root", masked: "数据库密码：***，用户：root"),
        Line(text: "令牌 = tiger 密钥: 'lily' 口令＝rose", masked: "令牌 = *** 密钥: '***' 口令＝***"),
        Line(text: "pwd：tiger", masked: "pwd：***"),
        Line(text: "authorization: apikey tiger sent", masked: "authorization: apikey *** sent"),
        Line(text: "Authorization: Basic dGlnZXI= sent", masked: "Authorization: Basic *** sent"),
        Line(
            text: "Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0a1b",
            masked: "Authorization: AWS4-HMAC-SHA256 ***"),
        Line(
            text: "curl -H 'Set-Cookie: a=b; sid=tiger' http://h", masked: "curl -H 'Set-Cookie: ***' http://h"),
        Line(text: "SMTP_PASS=tiger DB_PASS: lily", masked: "SMTP_PASS=*** DB_PASS: ***"),
        Line(
            text: #"{"user": "root", "pass": "tiger", "SK": "tigerlilytigerlily"}"#,
            masked: #"{"user": "root", "pass": "***", "SK": "***"}"#),
        Line(
            text: "ak=root sk=tiger+lily+tiger+lily oss.sk = tigerlilytigerlily", masked: "ak=root sk=*** oss.sk = ***"),
        Line(
            text: "smtpPass=tiger \"dbPass\": \"lily\" PGPASS=rose",
            masked: "smtpPass=*** \"dbPass\": \"***\" PGPASS=***"),
        Line(text: "host=db user=root pass=tiger n=1", masked: "host=db user=root pass=*** n=1"),
        Line(
            text: "MY_PASS=tiger db1_pass: lily a%26db_pass%3Drose",
            masked: "MY_PASS=*** db1_pass: *** a%26db_pass%3D***"),
        Line(text: "mount --pass=tiger export pass=lily", masked: "mount --pass=*** export pass=***"),
        Line(text: "sk：tigerlilytigerlily", masked: "sk：***"),
        Line(text: "13800138000:tiger@tcp(db:3306)/x", masked: "13800138000:***@tcp(db:3306)/x"),
        Line(text: "root:ti@tcp(ger@tcp(db:3306)/x", masked: "root:***@tcp(db:3306)/x"),
        Line(text: "password:x@tcp(ssw0rd env:pwd=x@tcp(y", masked: "password:*** env:pwd=***"),
        Line(text: "https://h/x?token=ab@tcp(cd", masked: "https://h/x?token=***"),
        Line(text: "redis://:a@tcp(b@h:1/0", masked: "redis://***@h:1/0"),
        Line(text: "root:tiger@tcp(h)/x?token=lily", masked: "root:***@tcp(h)/x?token=***"),
        Line(text: "--password --Xy9tiger", masked: "--password ***"),
        Line(text: "mount --pass tiger --steps 5", masked: "mount --pass *** --steps 5"),
        Line(
            text: "open root:ti:g@er@tcp(db:3306)/x?timeout=5s ok", masked: "open root:***@tcp(db:3306)/x?timeout=5s ok"
        ),
        Line(text: "dsn my-app:lily@unix(/run/db.sock)/x", masked: "dsn my-app:***@unix(/run/db.sock)/x"),
        Line(text: "redis://:ti/ger@h:6379/0 ok", masked: "redis://***@h:6379/0 ok"),
        Line(text: "amqp://user:a/b@c/d@h/v ok", masked: "amqp://***@h/v ok"),
    ]

    @Test(arguments: secrets + spellings)
    func `masks what looks like a secret`(line: Line) {
        #expect(Redaction.lookalikes(in: line.text) == line.masked)
        #expect(Redaction.lookalikes(in: line.masked) == line.masked)
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
        // A page of ordinary logs.
        "2026-11-30 05:12:01,234 [INFO] [rank0] step 1200/10000 epoch 0.48 loss=0.1234 lr=1.0e-05 grad_norm=0.731",
        "{'loss': 0.8123, 'grad_norm': 1.0321, 'learning_rate': 9.8e-06, 'epoch': 0.12, 'num_tokens': 8192}",
        "tokens: 12345, num_tokens=8192, tokens_per_second=18234.5, time_per_token=1.2e-3 ignore_token=-1 token=1234",
        "INFO tokenizer: sk, vocab_size=151936, bos_token=None, use_token=True, mask_token=[MASK], token_ids=[1, 2]",
        "Loading oss://training-bucket/models/Qwen2.5-7B-Instruct/model-00001-of-00004.safetensors",
        "Resolved /mnt/workspace/checkpoints/Qwen3ForCausalLM/transformers/modeling/Qwen3Attention.py",
        "HEAD is now at 9fceb02d0ae598e95dc970b74767f19372d61af8 Fix the data loader",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 pulled",
        "model.layers.31.self_attn.q_proj.weight torch.Size([4096, 4096]) torch.bfloat16 cuda:0",
        "ImportError: /opt/lib.so: undefined symbol: _ZN3c1017RegisterOperatorsD1EvN5torch8autograd9VariableImplEv",
        "TypeError: Qwen2VLForConditionalGeneration.forward() got an unexpected keyword argument 'num_items_in_batch'",
        "Traceback: models/Qwen2VLForConditionalGeneration/Qwen2VLDecoderLayer/forward",
        "pip install git+https://example.com/team/transformers.git@main npm https://registry.example.com/@scope/pkg",
        "docker pull registry.example.com:5000/team/train@sha256:abc http://[::1]:8080/x@y http://localhost:8080/a@b",
        "KeyError: 'model.embed_tokens.weight' key: value, missing keys: 3",
        "Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1183, OpType=ALLREDUCE, NumelIn=4194304)",
        "训练失败: 显存不足, 第 12 步：损失 0.31",
        "forward pass: 12.5ms, backward_pass: 20ms, forward_pass=3.1s, pass=True bypass=all, task=train risk: low",
        "forward pass=12.5ms, backward pass = 34ms, step=4 pass=20/25 fwd_pass: 12ms first_pass: compiled compass: north",
        "lookup mirror.example.sk: no such host https://ftp.example.sk:443/a/long/path/of/a/file opus-mt-en-sk: loaded",
        #"{"cs": "Czech", "sk": "Slovak"} train --single-pass --steps 5 --token --steps 5"#,
        "model:qwen@/mnt/models cuda:0@(1,2) app.forward_pass: compiled forward pass=compiled lang=sk=flores200_devtest_dataset",
        #"{"cs": "/mnt/data/cs/train.jsonl", "sk": "/mnt/data/sk/train.jsonl"} en-sk: Helsinki-NLP/opus-mt-en-sk loaded"#,
        "10:12:01,dial=root@tcp(db:3306)/x main.go:12: root@tcp(db:3306)/x",
        "dialing root@tcp(db:3306)/x, listening on @tcp(0.0.0.0:80)",
        " 50%|█████     | 600/1200 [10:00<10:00,  1.00s/it]",
        "Namespace(model='Qwen2.5', lr=1e-05, tokens=None, seed=42, sk=3, output_dir='/output/models_train/pm-2ze9')",
    ]

    @Test(arguments: harmless)
    func `leaves the rest`(text: String) {
        #expect(Redaction.lookalikes(in: text) == text)
    }

    @Test func `takes no long time over any text`() {
        let clock = ContinuousClock()
        let parts = [
            "a", "token", "=", "eyJ", "://", "\"", "password=", "bearer ", "--", "token=[", "token:[\"", "\\", "key ",
            "://a:b/",
            "token=\\\"", "密码：", "a,", "%3D", "token=a,b;", "MIIa0/+", "token: str ", "authorization: digest",
            "a:@tcp(", "_pass:", "a:b@tcp(", "a:a:a:@tcp(", "x pass=", "sk=", "db_pass=a:@", "a:@@@@tcp(",
            "......:@tcp", "forward pass=",
        ]
        for part in parts {
            let text = String(repeating: part, count: 20_000 / part.utf8.count)
            let time = clock.measure { _ = Redaction.lookalikes(in: text) }
            #expect(time < .seconds(5), "\(part): \(time)")
        }
    }
}
