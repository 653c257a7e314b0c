package import HTTPTransport
package import Model

/// A good answer of any action: status 200, a JSON object, and no error in it.
package struct APIAnswer: Sendable {
    package let members: [String: JSONValue]
    package let body: [UInt8]
    package let headers: HTTPHeaders
    package let duration: Duration

    package var requestID: String? { JSONFields(members).code("RequestId") }
}
