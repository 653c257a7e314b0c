/// How a webhook's message is wrapped. The raw value is `format` in a config.
package enum WebhookFormat: String, CaseIterable, Sendable {
    /// Standard Webhooks 1.0.0.
    case standard
    /// CloudEvents 1.0, structured JSON.
    case cloudevents
}
