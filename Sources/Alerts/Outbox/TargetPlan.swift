package import Model

/// What the outbox needs to know of a target: its settings and its service's manners, reduced to the rules.
package struct TargetPlan: Hashable, Sendable {
    package let name: String
    package let delivery: DeliverySettings
    /// How many attempts may be under way at once.
    package let concurrency: Int
    /// Nil where nothing limits the rate.
    package let pace: Pace?
    /// The pauses after the first, second, … refusal for sending too fast in a row, where the service names none.
    package let throttlePauses: [Duration]
    /// How many events a digest of a long queue can name; nil if the receiver must get each event by itself.
    package let digestCapacity: Int?
    /// How many events that belong together one message can name; nil if the receiver must get each by itself.
    package let groupCapacity: Int?
    /// Whether a refused message is sent once more in a plainer form.
    let hasPlainForm: Bool
    /// Digests keep clear of full and half hours, when the service is crowded.
    package let avoidsHalfHours: Bool
    /// Equal for targets that a service counts as one: they share bucket and pauses.
    package let credential: CredentialFingerprint
    /// The service keeps incidents open until a message says that they are over.
    package let keepsIncidents: Bool
    /// The settings it was made from: they show whether a reload changes the target. Nil only in tests of the rules.
    private let settings: TargetSettings?

    /// Reports of failing targets wait for others. The journal gets each of them at once: nobody is disturbed by it.
    var holdsReports: Bool { settings?.kind != .systemd }

    /// `chat_id` of the config.
    var chatID: String? { settings?.options[text: Telegram.chatOption] }

    package init(
        name: String, delivery: DeliverySettings = DeliverySettings(), concurrency: Int = 1, pace: Pace? = nil,
        throttlePauses: [Duration] = [.seconds(30), .seconds(60), .seconds(300)], digestCapacity: Int? = nil,
        groupCapacity: Int? = nil, hasPlainForm: Bool = true, avoidsHalfHours: Bool = false,
        credential: CredentialFingerprint? = nil,
        keepsIncidents: Bool = false,
        settings: TargetSettings? = nil
    ) {
        self.hasPlainForm = hasPlainForm
        self.keepsIncidents = keepsIncidents
        self.settings = settings
        self.avoidsHalfHours = avoidsHalfHours
        self.name = name
        self.delivery = delivery
        self.concurrency = max(1, concurrency)
        self.pace = pace
        self.throttlePauses = throttlePauses
        self.digestCapacity = digestCapacity.map { max(2, $0) }
        self.groupCapacity = (groupCapacity ?? digestCapacity).map { max(2, $0) }
        self.credential = credential ?? CredentialFingerprint("target \(name)")
    }

    func capacity(of group: DigestGroup) -> Int {
        (group == .backlog ? digestCapacity : groupCapacity) ?? 0
    }

    /// The wait after the attempt that follows `attempts` earlier ones.
    func wait(after attempts: Int) -> Duration {
        let waits = delivery.retry
        return waits.isEmpty ? .seconds(3600) : waits[min(max(0, attempts), waits.count - 1)]
    }

    /// No wait of the list is longer, with what is added to it.
    var longestWait: Duration {
        (delivery.retry.max() ?? .seconds(3600)) / 5 * 6 + .seconds(1)
    }

    /// Whether messages go to the same place in the same way: what was found out about one holds for the other.
    func reaches(theSameAs other: TargetPlan) -> Bool {
        credential == other.credential && settings == other.settings
    }

    /// The first moment from `now` on at which a digest may go.
    func digestTime(_ now: Timestamp) -> Timestamp {
        guard avoidsHalfHours else { return now }
        let half: Int64 = 1_800_000
        let margin: Int64 = 15_000
        let sinceMark = ((now.milliseconds + margin) % half + half) % half
        return sinceMark < 2 * margin ? now.advanced(by: .milliseconds(2 * margin - sinceMark)) : now
    }
}
