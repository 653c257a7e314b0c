import Crypto
import Foundation
import Model

/// The older signature of RPC calls, HMAC-SHA1 over all parameters, which STS still takes ("Request signatures" of the
/// RPC style).
package enum RPCSignature {
    /// Base64 signature of a call's parameters, `Signature` itself not among them.
    package static func sign(method: String, parameters: [QueryParameter], secret: String) -> String {
        let text = "\(method)&%2F&\(PercentEncoding.encode(parameters.canonicalQuery))"
        let key = SymmetricKey(data: Array("\(secret)&".utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(text.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    /// Whether a received call's `Signature` fits its other parameters.
    package static func matches(method: String, parameters: [QueryParameter], secret: String) -> Bool {
        guard let given = parameters.first(where: { $0.name == "Signature" })?.value else { return false }
        return given == sign(method: method, parameters: parameters.filter { $0.name != "Signature" }, secret: secret)
    }
}
