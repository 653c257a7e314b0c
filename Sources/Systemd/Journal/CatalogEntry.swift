/// What stands in the journal under an id of its own; the raw value is the event's name outside.
///
/// systemd/polarai.catalog has the text that `journalctl -x` shows for each.
package enum CatalogEntry: String, CaseIterable, Sendable {
    case completed
    case failed
    case started
    case restarted
    case changed
    case gone
    case pollFailing = "poll_failing"
    case pollRecovered = "poll_recovered"
    case stalled
    case stallEnded = "stall_ended"
    case targetFailing = "target_failing"
    case targetRecovered = "target_recovered"
    case overdue
    case reminder
    case escalated
    case summary
    case alertDead = "alert_dead"
    case throttled
    case credentialsRefused = "credentials_refused"
    case storageDegraded = "storage_degraded"
    case storageRecovered = "storage_recovered"
    case configRefused = "config_refused"
    case clockStep = "clock_step"

    package var priority: JournalPriority {
        switch self {
        case .failed, .credentialsRefused, .storageDegraded: .error
        case .pollFailing, .gone, .stalled, .alertDead, .throttled, .configRefused, .clockStep: .warning
        default: .notice
        }
    }

    /// Made once with `systemd-id128 new`, and never to change: people's filters are built on them.
    package var messageID: MessageID {
        switch self {
        case .completed: "590447217245427693238a8bd32878a0"
        case .failed: "703fff2077b4461ba1674e29a871b2b0"
        case .started: "1e7d0352d77d4fc2a9af2bcaa15c2a9e"
        case .restarted: "a979ee9b611b44b7b17123350fda177d"
        case .changed: "251ca015b569483389e65c2ff8a0d210"
        case .gone: "32098f34a0ac43bb85859088739ac6d8"
        case .pollFailing: "37974a513b75438e80a3d2d55bf67191"
        case .pollRecovered: "53abbad8b8dd4968b29a451e851b0514"
        case .stalled: "a2b05743a8a54d489da7cb8cfb95a80f"
        case .stallEnded: "474a0200ac3241508cb93d6e1fb2d073"
        case .targetFailing: "1c2fd7186db242b8816f92b0769c45c2"
        case .targetRecovered: "6b8d73c964b24ff399bf4f9118f76583"
        case .overdue: "9023867a1bca492c93b4043e9c428e04"
        case .reminder: "a74f9987a9884919af153fc05ef813a3"
        case .escalated: "0956b81707d446c98f7b0348467e47e4"
        case .summary: "e3e178b10a584826a86c437e042190dc"
        case .alertDead: "281758a60af4496981860615316fca8c"
        case .throttled: "6c4e2200a159476f9c42874c45e3b048"
        case .credentialsRefused: "be2e750c4ce5451ab6864e9f2231ccd1"
        case .storageDegraded: "d887a7d5b21e45ebb7fecc1f4f88808f"
        case .storageRecovered: "572cb9f2eec04d8caf903c2fb475bab7"
        case .configRefused: "f4c3481ac042467a9b31beb84ed1a3f1"
        case .clockStep: "8ff864cc37c647a99ad7e9f0a3e29176"
        }
    }
}

/// A 128-bit id in 32 small hexadecimal digits, by sd-id128(3).
package struct MessageID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String

    package init(stringLiteral text: StaticString) {
        description = text.description
    }
}
