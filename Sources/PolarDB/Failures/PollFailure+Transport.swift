import HTTPTransport
import Model

extension PollFailure {
    /// No whole answer came.
    init(_ error: TransportError) {
        let reason: FailureReason =
            switch error.kind {
            case .resolve, .connect, .reset, .cancelled, .other: .network
            case .timeout: .timeout
            case .tls: .tls
            case .tooLarge, .malformed: .malformed
            case .invalidRequest: .configuration
            }
        self.init(reason: reason, message: error.message)
    }
}
