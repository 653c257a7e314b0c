import NIOPosix
import Synchronization
import Testing

@testable import Web

struct AuthorizationTests {
    @Test
    func `both schemes are read in any case of letters`() {
        #expect(Authorization(["Bearer abc.def"]) == .bearer(Array("abc.def".utf8)))
        #expect(Authorization(["bearer  x"]) == .bearer(Array("x".utf8)))
        // Aladdin:open sesame (RFC 7617, 2)
        #expect(
            Authorization(["BASIC QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
                == .basic(user: "Aladdin", password: Array("open sesame".utf8)))
        // test:123£ in UTF-8 (RFC 7617, 2.1)
        #expect(Authorization(["Basic dGVzdDoxMjPCow=="]) == .basic(user: "test", password: Array("123£".utf8)))
        #expect(Authorization(["Basic YTpiOmM"]) == .basic(user: "a", password: Array("b:c".utf8)))
    }

    @Test(arguments: [
        [], ["Bearer"], ["Bearer "], ["Basic"], ["Basic !!!!"], ["Basic YQ=="], ["Digest x"], ["Basic A"],
        ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Bearer x"],
    ])
    func `what is neither, or both, is none`(values: [String]) {
        #expect(Authorization(values) == nil)
    }

    @Test
    func `a password fits its hash in each of the three spellings, and no other does`() {
        // The last of crypt_blowfish's test vectors with a password of letters (Openwall, wrapper.c), in $2a$.
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        #expect(PasswordHash.matches(Array("U*U".utf8), hash))
        #expect(PasswordHash.matches(Array("U*U".utf8), hash.replacing("$2a$", with: "$2y$")))
        #expect(PasswordHash.matches(Array("U*U".utf8), hash.replacing("$2a$", with: "$2b$")))
        #expect(!PasswordHash.matches(Array("U*V".utf8), hash))
        #expect(!PasswordHash.matches([], hash))
        #expect(!PasswordHash.matches(Array("U*U".utf8) + [0], hash))
        #expect(!PasswordHash.matches(Array("U*U".utf8), "U*U"))
    }

    @Test
    func `one who is not known takes as long as one who is`() {
        let clock = ContinuousClock()
        let time = clock.measure { _ = PasswordHash.matches(Array("anything".utf8), PasswordHash.decoy(cost: 8)) }
        let known = clock.measure {
            _ = PasswordHash.matches(
                Array("anything".utf8), "$2y$08$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")
        }
        #expect(time > known / 8)
    }

    @Test
    func `a doorkeeper lets in who has a password or the token, and remembers`() async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let door = Doorkeeper(pool: pool)
        let users = ["ops": "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"]
        func ask(_ authorization: Authorization?) async -> Doorkeeper.Decision {
            await door.decide(authorization, users: users, token: { "0123456789abcdef" })
        }
        for _ in 0..<2 {
            #expect(await ask(.basic(user: "ops", password: Array("U*U".utf8))) == .admitted)
            #expect(await ask(.basic(user: "ops", password: Array("U*u".utf8))) == .refused)
            #expect(await ask(.basic(user: "nobody", password: Array("U*U".utf8))) == .refused)
        }
        #expect(await ask(.bearer(Array("0123456789abcdef".utf8))) == .admitted)
        #expect(await ask(.bearer(Array("0123456789abcdeg".utf8))) == .refused)
        #expect(await ask(nil) == .refused)
        #expect(await door.decide(.bearer([1]), users: users, token: nil) == .refused)
        try await pool.shutdownGracefully()
    }

    @Test
    func `a token that cannot be read is not called a wrong one, and is reported once`() async throws {
        struct Unreadable: Error {}
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let reports = Mutex<[String]>([])
        let door = Doorkeeper(pool: pool) { report in reports.withLock { $0.append(report) } }
        let isReadable = Mutex(false)
        func ask() async -> Doorkeeper.Decision {
            await door.decide(.bearer(Array("Zaunkoenig-5500".utf8)), users: [:]) {
                guard isReadable.withLock({ $0 }) else { throw Unreadable() }
                return "Zaunkoenig-5500"
            }
        }
        for (readable, decision) in [
            (false, Doorkeeper.Decision.unreadable), (false, .unreadable), (true, .admitted), (false, .unreadable),
        ] {
            isReadable.withLock { $0 = readable }
            #expect(await ask() == decision)
        }
        #expect(reports.withLock { $0.count } == 2)
        #expect(reports.withLock { $0.allSatisfy { $0.contains("web.token") && !$0.contains("Zaunkoenig") } })
        #expect(await door.decide(nil, users: [:]) { throw Unreadable() } == .refused, "nothing was to be compared")
        try await pool.shutdownGracefully()
    }
}
