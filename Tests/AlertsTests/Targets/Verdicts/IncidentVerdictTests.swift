import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Every answer of services that keep incidents, of CloudMonitor and of the hooks runner.
struct IncidentVerdictTests {
    static let pagerduty: [VerdictRow] = [
        VerdictRow(202, #"{"status":"success","message":"Event processed","dedup_key":"x"}"#, .delivered),
        VerdictRow(200, "", .tryAgain, "202"),
        VerdictRow(400, #"{"status":"invalid event","message":"Event object is invalid","errors":["x"]}"#, .refused),
        VerdictRow(
            400, #"{"status":"invalid event","errors":["'routing_key' is invalid (must be a string, 32 characters)"]}"#,
            .broken, "`routing_key`"),
        VerdictRow(429, "", .throttled), VerdictRow(429, "", .throttled(60), headers: ["Retry-After": "60"]),
        VerdictRow(500, "", .tryAgain),
    ]

    @Test(arguments: pagerduty) func `answers of PagerDuty`(row: VerdictRow) { row.check(at: .pagerduty) }

    static let alertmanager: [VerdictRow] = [
        VerdictRow(200, "", .delivered), VerdictRow(200, "<html>login</html>", .tryAgain, "Alertmanager, not"),
        VerdictRow(400, #""start time must be before end time""#, .refused),
        VerdictRow(422, #"{"code":602}"#, .refused),
        VerdictRow(404, "404 page not found", .broken, "`url`"), VerdictRow(500, "", .tryAgain),
    ]

    @Test(arguments: alertmanager) func `answers of Alertmanager`(row: VerdictRow) { row.check(at: .alertmanager) }

    static let cloudMonitor: [VerdictRow] = [
        VerdictRow(200, #"{"Code":"200","Message":"success","RequestId":"A-1"}"#, .delivered),
        VerdictRow(200, #"{"Code":200,"RequestId":"A-1"}"#, .delivered),
        VerdictRow(200, #"{"Code":"206","Message":"partly"}"#, .tryAgain, "partly"),
        VerdictRow(200, #"{"Code":"Forbidden.RAM","Message":"x"}"#, .tryAgain),
        VerdictRow(200, #"{"RequestId":"A-1"}"#, .tryAgain), VerdictRow(200, "<html></html>", .tryAgain),
        VerdictRow(403, #"{"Code":"Forbidden.RAM","Message":"User not authorized"}"#, .broken, "cms:PutCustomEvent"),
        VerdictRow(403, #"{"Code":"NoPermission","Message":"x"}"#, .broken, "cms:PutCustomEvent"),
        VerdictRow(404, #"{"Code":"InvalidAccessKeyId.NotFound","Message":"x"}"#, .broken, "`account`"),
        VerdictRow(400, #"{"Code":"SignatureDoesNotMatch","Message":"x"}"#, .broken, "`account`"),
        VerdictRow(400, #"{"Code":"InvalidTimeStamp.Expired","Message":"x"}"#, .broken, "clock"),
        VerdictRow(404, #"{"Code":"InvalidApi.NotFound","Message":"x"}"#, .broken, "`endpoint`"),
        VerdictRow(400, #"{"Code":"Throttling.User","Message":"x"}"#, .throttled),
        VerdictRow(400, #"{"Code":"Throttling","Message":"x"}"#, .throttled(3), headers: ["Retry-After": "3"]),
        VerdictRow(400, #"{"Code":"SignatureNonceUsed","Message":"x"}"#, .tryAgain),
        VerdictRow(400, #"{"Code":"400","Message":"GroupId is wrong"}"#, .refused, "GroupId is wrong"),
        VerdictRow(500, #"{"Code":"InternalError","Message":"x"}"#, .tryAgain), VerdictRow(503, "", .tryAgain),
    ]

    @Test(arguments: cloudMonitor) func `answers of CloudMonitor`(row: VerdictRow) { row.check(at: .cloudMonitor) }

    static let command: [VerdictRow] = [
        VerdictRow(200, #"{"result":"exited","code":0,"output":"done"}"#, .delivered),
        VerdictRow(200, #"{"result":"exited","code":75,"output":""}"#, .tryAgain, "75"),
        VerdictRow(200, #"{"result":"exited","code":1,"output":"no"}"#, .refused, "status 1"),
        VerdictRow(200, #"{"result":"exited","code":127,"output":"no"}"#, .refused, "status 127"),
        VerdictRow(200, #"{"result":"killed","code":9,"output":""}"#, .refused, "signal 9"),
        VerdictRow(200, #"{"result":"timeout","output":""}"#, .refused, "`timeout`"),
        VerdictRow(
            200, #"{"result":"cannot_start","error":"/bin/x: it cannot be started: No such file"}"#, .broken, "/bin/x"),
        VerdictRow(404, #"{"result":"unknown"}"#, .broken, "systemctl restart polarai-hooks"),
        VerdictRow(503, #"{"result":"stopped"}"#, .tryAgain, "stopped"),
        VerdictRow(503, #"{"result":"busy"}"#, .tryAgain, "same task"),
        VerdictRow(200, #"{"result":"exited","output":"done"}"#, .tryAgain),
        VerdictRow(200, #"{"result":"danced"}"#, .tryAgain),
        VerdictRow(400, #"{"error":"x"}"#, .tryAgain, "`socket`"),
    ]

    @Test(arguments: command) func `answers of the hooks runner`(row: VerdictRow) { row.check(at: .command) }
}
