/// The mail server: who may log in, and what it answers on plan.
struct MailScript: Sendable {
    /// Names and passwords; with any, a login is required.
    var users: [String: String] = [:]
    var plan: [Step] = []

    /// An answer in place of the right one.
    struct Step: Sendable {
        enum Moment: String, Sendable, CaseIterable, Decodable {
            case greeting, hello, login, sender, recipient, data, mail
        }

        var at: Moment
        /// The recipient that is meant; nil: every one.
        var address: String?
        /// `451 4.7.1 come back later`; "close" hangs up, "silent" says nothing more.
        var reply: String
        /// So many times; nil: always.
        var times: Int?
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case users, plan
    }
}

extension MailScript: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        users = try fields.value(.users, default: [:])
        plan = try fields.value(.plan, default: [])
    }
}

extension MailScript.Step: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case at, address, reply, times
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        at = try fields.required(.at)
        address = try fields.optional(.address)
        reply = try fields.required(.reply)
        times = try fields.optional(.times)
        guard reply == "close" || reply == "silent" || reply.wholeMatch(of: /[2-5]\d\d( .*)?/) != nil else {
            throw fields.failure(
                .reply, "\"\(reply)\": write a reply such as \"550 5.1.1 no such user\", close or silent")
        }
    }
}
