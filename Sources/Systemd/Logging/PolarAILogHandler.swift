package import Logging

/// Carries swift-log's records to the journal, or to standard error as text.
///
/// A metadata key becomes the field `POLARAI_<KEY>` in the journal and `key=value` in a line of text.
package struct PolarAILogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let output: LogOutput

    package init(output: LogOutput, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil) {
        self.output = output
        self.logLevel = level
        self.metadataProvider = metadataProvider
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        output.write(entry(event))
    }

    /// The record as an entry: the logger's own metadata, the provider's over it, the record's over both.
    func entry(_ event: LogEvent) -> JournalEntry {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let given = event.metadata { merged.merge(given) { $1 } }

        var entry = JournalEntry(event.message.description, priority: JournalPriority(event.level))
        for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
            entry.add(JournalFieldName(metadataKey: key), value.description)
        }
        if let error = event.error, merged["error"] == nil { entry.add(.error, String(describing: error)) }
        entry.add(.codeFile, event.file)
        entry.add(.codeLine, String(event.line))
        entry.add(.codeFunction, event.function)
        return entry
    }
}

extension JournalPriority {
    /// swift-log's levels are syslog's, but for `trace`, which syslog does not have.
    package init(_ level: Logger.Level) {
        switch level {
        case .trace, .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
