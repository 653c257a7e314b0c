import Foundation
import FoundationNetworking
package import Model

/// A plain HTTP client for what tests ask of their own servers on 127.0.0.1.
package struct LoopbackClient: Sendable {
    package struct Answer: Sendable {
        package let status: Int
        package let headers: [String: String]
        package let body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// - Throws: where the body is not a JSON.
        package func json() throws -> JSONValue { try JSONValue(parsing: body) }
    }

    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    package let base: String
    private let session: URLSession

    package init(port: Int) {
        base = "http://127.0.0.1:\(port)"
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 20
        session = URLSession(configuration: configuration)
    }

    package func send(
        _ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        guard let url = URL(string: base + path) else { throw Refused(description: "no URL: \(base + path)") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let body { request.httpBody = Data(body.utf8) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw Refused(description: "no HTTP answer") }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
        return Answer(status: response.statusCode, headers: fields, body: Array(data))
    }

    /// The JSON of a 200.
    ///
    /// - Throws: `Refused` with the answer's words where the status is another.
    @discardableResult
    package func json(_ method: String, _ path: String, body: String? = nil) async throws -> JSONValue {
        let answer = try await send(method, path, body: body)
        guard answer.status == 200 else {
            throw Refused(description: "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return try answer.json()
    }
}
