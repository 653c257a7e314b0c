/// The fields of a webhook's body that are a contract with receivers and templates.
package enum WebhookFields {
    /// Under `data`.
    package static let data = [
        "id", "event", "cluster", "name", "description", "account", "region", "labels", "from", "to", "kind",
        "observed_at", "not_before", "api_time", "request_id", "created_at", "started_at", "completed_at",
        "duration_seconds", "cost", "base_model", "train_mode", "train_type", "model_paths", "model_paths_total",
        "progress", "log_lines", "held_by", "message",
    ]
}
