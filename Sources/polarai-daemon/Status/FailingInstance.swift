import Config
import Daemon
import HTTPTransport
import Model
import Store

/// A parent instance whose tasks the running daemon cannot list.
struct FailingInstance: Hashable {
    let key: InstanceKey
    /// What happened and what to do.
    let error: String

    /// To stand behind its name.
    var words: String {
        "(account \(key.scope.account) in \(key.scope.region)): its tasks cannot be listed, so new ones are not found: "
            + error
    }

    /// - Parameter json: an item of the daemon's answer; nil if it is not one.
    init?(_ json: JSONValue) {
        guard let id = json["instance"]?.stringValue, let account = json["account"]?.stringValue,
            let region = json["region"]?.stringValue, let error = json["error"]?.stringValue
        else { return nil }
        key = InstanceKey(id: id, scope: AccountRegion(account: account, region: region))
        self.error = error
    }

    /// Those of a daemon; empty if it does not say.
    static func all(of daemon: DaemonInfo, limit: Duration) async -> [FailingInstance] {
        let socket = StatusSocket.path(environment: HostEnvironment.current().variables)
        guard let reply = try? await ControlClient.ask(.get, "/v1/instances", limit: limit, on: socket),
            reply.status == 200, daemon.isProcess(reply.body["pid"]?.integerValue)
        else { return [] }
        return reply.body["failing"]?.arrayValue?.compactMap(FailingInstance.init) ?? []
    }
}
