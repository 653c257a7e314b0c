import Model
import Systemd

/// An event as a journal entry, with the fields that make it searchable.
enum EventEntry {
    static func make(_ stored: StoredEvent, sentence: String) -> JournalEntry {
        let event = stored.event
        let fields: [(JournalFieldName, String?)] = [
            (.taskID, event.cluster?.rawValue),
            (.name, event.name),
            (.account, event.account),
            (.region, event.region),
            (.statusOld, event.from?.rawValue),
            (.statusNew, event.to?.rawValue),
            (.transitionSeq, String(stored.seq)),
            (.alertID, stored.id),
            (.kind, event.sighting.rawValue),
            (.observedAt, event.observedAt.rfc3339),
            (.requestID, event.requestID),
            (.target, event.target),
        ]
        guard let kind = CatalogEntry(rawValue: event.kind.rawValue) else {
            return JournalEntry(sentence, priority: .notice, fields: fields)
        }
        return JournalEntry(kind, message: sentence, fields: fields)
    }
}
