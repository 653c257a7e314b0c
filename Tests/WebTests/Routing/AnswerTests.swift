import Model
import Testing

@testable import Web

struct AnswerTests {
    @Test(arguments: [
        ("\"a\"", true), ("W/\"a\"", true), ("\"x\", W/\"a\"", true), ("\"x\",\"a\"", true), ("*", true),
        ("\"x, y\", \"a\"", true), ("\"b\"", false), ("a", false), ("", false), ("W/a", false), ("\"a", false),
    ])
    func `a mark is compared weakly, in lists, too`(header: String, isKnown: Bool) {
        #expect(ETag.isKnown("\"a\"", in: header) == isKnown)
    }

    @Test
    func `no header knows nothing`() {
        #expect(!ETag.isKnown("\"a\"", in: nil))
        #expect(ETag.of([1]) != ETag.of([2]))
    }

    @Test(arguments: [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.chinese), ("en-US,en;q=0.9,zh;q=0.8", .english), ("fr, de", .english),
        ("", .english), ("zh", .chinese), ("en;q=0.1, zh;q=0.2", .chinese), ("zh;q=0, *", .english),
        ("*;q=0.5, en;q=0.4", .chinese), ("ZH-hans", .chinese), ("en;q=2, zh;q=0.1", .chinese),
        ("fr, zh;q=0", .english),
    ])
    func `the better of two languages is taken`(header: String, language: Language) {
        #expect(LanguageChoice.best(header, standard: .english) == language)
    }

    @Test
    func `who wants neither gets the language of the config`() {
        #expect(LanguageChoice.best("fr", standard: .chinese) == .chinese)
        #expect(LanguageChoice.best(nil, standard: .chinese) == .chinese)
        #expect(LanguageChoice.best("en, zh", standard: .chinese) == .chinese)
    }
}
