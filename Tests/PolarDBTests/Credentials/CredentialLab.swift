import Foundation
import HTTPTransport
import Model
import PolarDB
import TestSupport

/// What credentials are asked from, all of it made up: a home folder, an environment, and a network that answers as the
/// test says and keeps what it was asked.
final class CredentialLab: HTTPClient, @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, TransportError>

    static let now = Timestamp(milliseconds: 1_795_500_000_000)
    /// An hour later, as services write it.
    static let inAnHour = "2026-11-24T07:00:00Z"

    let home: TemporaryFolder
    private let lock = NSLock()
    private var received: [HTTPRequest] = []
    private var respond: (HTTPRequest) -> Answer

    /// - Parameter respond: by default nothing listens anywhere.
    init(_ respond: @escaping (HTTPRequest) -> Answer = { _ in .failure(TransportError(.connect, "refused")) }) throws {
        home = try TemporaryFolder()
        self.respond = respond
    }

    var requests: [HTTPRequest] { lock.withLock { received } }

    /// From now on.
    func answer(_ respond: @escaping (HTTPRequest) -> Answer) {
        lock.withLock { self.respond = respond }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = lock.withLock {
            received.append(request)
            return respond(request)
        }
        return try answer.get()
    }

    func factory(
        _ environment: [String: String] = [:], connection: ConnectionOptions = ConnectionOptions(),
        region: String? = nil, usesVPC: Bool = false, clock: ClockOffset = ClockOffset()
    ) -> CredentialsFactory {
        CredentialsFactory(
            http: self, environment: ["HOME": home.path].merging(environment) { $1 },
            read: { secret in
                guard case .literal(let text) = secret.source else { throw Unreadable() }
                return text
            }, connection: connection, region: region, usesVPC: usesVPC, clock: clock, now: { Self.now })
    }

    func provider(_ settings: CredentialSettings = .defaultChain, _ environment: [String: String] = [:])
        -> any CredentialsProvider
    {
        factory(environment).provider(for: settings)
    }

    /// The key's id, or the words of the failure.
    func ask(
        _ settings: CredentialSettings = .defaultChain, _ environment: [String: String] = [:],
        at now: Timestamp = CredentialLab.now
    ) async -> String {
        await provider(settings, environment).id(at: now)
    }

    /// The path of a file in the home folder.
    func file(_ path: String) -> String { home.file(path) }

    /// Writes a file in the home folder, and folders on the way to it.
    @discardableResult
    func write(_ path: String, _ text: String) throws -> String {
        let file = home.file(path)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    private struct Unreadable: Error {}
}

extension CredentialsProvider {
    /// The key's id, or the words of the failure.
    func id(at now: Timestamp = CredentialLab.now) async -> String {
        do {
            return try await credentials(at: now).accessKeyID
        } catch {
            return error.message
        }
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// The parameters of the query and of a form's body.
    var parameters: [String: String] {
        let query = url.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        let texts = [query, String(decoding: body, as: UTF8.self)]
        return texts.flatMap { $0.split(separator: "&") }.reduce(into: [:]) { parameters, item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[String(parts[0])] = parts.dropFirst().first.flatMap { String($0).removingPercentEncoding }
        }
    }
}

extension CredentialLab.Answer {
    /// The members that all services call the same.
    static func key(_ id: String, until end: String = CredentialLab.inAnHour, token: String = "token") -> Self {
        .success(
            .json(
                #"{"Code":"Success","AccessKeyId":"\#(id)","AccessKeySecret":"s","SecurityToken":"\#(token)","Expiration":"\#(end)"}"#
            ))
    }

    /// As STS wraps them.
    static func role(_ id: String, until end: String = CredentialLab.inAnHour) -> Self {
        .success(
            .json(
                #"{"RequestId":"R","Credentials":{"AccessKeyId":"\#(id)","AccessKeySecret":"s","SecurityToken":"t","Expiration":"\#(end)"}}"#
            ))
    }

    static func refusal(_ code: String, status: Int = 400, headers: [HTTPHeader] = []) -> Self {
        .success(HTTPResponse.refusal(code, status: status, headers: headers))
    }

    static func text(_ text: String, status: Int = 200) -> Self { .success(.json(text, status: status)) }
}
