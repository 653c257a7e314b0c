import Foundation
import Model

/// CloudMonitor's PutCustomEvent (API 2019-01-01): signed like every call, its parameters in the query.
enum CloudMonitorService {
    static let action = "PutCustomEvent"
    static let version = "2019-01-01"
    /// Of one event's content, in bytes: it travels in the address.
    static let longestContent = 2048

    /// What is wrong with the parameters.
    static func check(_ call: Call) throws(GatewayError) {
        guard call.body.isEmpty else { throw invalid("the parameters belong in the query") }
        guard !call.query.isEmpty else { throw .missing("EventInfo") }
        var events: [Int: [String: String]] = [:]
        for item in call.query {
            let parts = item.name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "EventInfo", let number = Int(parts[1]), (1...50).contains(number),
                ["EventName", "Content", "Time", "GroupId"].contains(String(parts[2]))
            else { throw invalid("\(item.name) is not a parameter of \(action)") }
            events[number, default: [:]][String(parts[2])] = item.value
        }
        guard events.keys.sorted() == Array(1...events.count) else { throw invalid("events are numbered from 1") }
        for event in events.values { try check(event) }
    }

    private static func check(_ event: [String: String]) throws(GatewayError) {
        for name in ["EventName", "Content"] where event[name]?.isEmpty != false { throw .missing(name) }
        guard (event["Content"] ?? "").utf8.count <= longestContent else { throw invalid("Content is too long") }
        guard let time = event["Time"] else { return }
        let isMilliseconds = time.count == 13 && time.allSatisfy(\.isNumber)
        guard isMilliseconds || time.wholeMatch(of: /\d{8}T\d{6}\.\d{3}[+-]\d{4}/) != nil else {
            throw invalid("Time is neither 20261124T080000.123+0000 nor milliseconds")
        }
        guard (event["GroupId"] ?? "0").allSatisfy(\.isNumber) else { throw invalid("GroupId is not a number") }
    }

    private static func invalid(_ message: String) -> GatewayError { GatewayError(400, "400", message) }
}

extension PolarDBService {
    /// - Returns: the answer, and `accepted` or what is wrong with the call.
    mutating func putCustomEvent(_ call: Call, serverNow: Timestamp) -> (reply: ServerReply, verdict: String) {
        let requestID = UUID().uuidString
        let host = call.headers["host"] ?? "?"
        let right: ServerReply
        do throws(GatewayError) {
            let account = try gateway.admit(
                call, actions: [CloudMonitorService.action], version: CloudMonitorService.version, now: serverNow)
            guard !account.denied.contains(CloudMonitorService.action) else {
                throw GatewayError(403, "Forbidden.RAM", "User not authorized to operate on the specified resource.")
            }
            if case .refused = quotas.take(action: CloudMonitorService.action, account: account.name, now: call.at) {
                throw .throttled
            }
            try CloudMonitorService.check(call)
            right = .json(
                .object(["Code": "200", "Message": "success", "RequestId": .string(requestID)]))
        } catch {
            return (error.reply(requestID: requestID, host: host), "\(error.code): \(error.message)")
        }
        let subject = FaultBook.Subject(action: CloudMonitorService.action, cluster: nil, region: nil)
        guard let fault = faults.strike(subject, now: call.at) else { return (right, "accepted") }
        return (
            fault.reply(inPlaceOf: right, cluster: nil, requestID: requestID, host: host), fault.kind.rawValue
        )
    }
}
