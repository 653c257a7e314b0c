#!/usr/bin/env python3
"""A PolarDB endpoint that checks every request with the official SDK's own signing code.

Usage: acs3_verifier.py --cert FILE --key FILE --answer FILE [--access-key ID] [--secret S] [--token T]
       [--lifetime SECONDS] [--rotate SECONDS]

Listens on ports of 127.0.0.1 that the kernel chooses and prints {"https": …, "control": …, "keys": …}. The control port
(plain HTTP) tells {"accepted", "refused": [reasons], "connections", "keys": how many were given out} at GET /stats, and
takes the status of tasks at POST /status as {"pm-…": "FAILED"}. Every answer must decode into the official SDK's own
model, or it is a refusal. The port "keys" (plain HTTP) is an ECS metadata service and an STS whose keys last --lifetime
(3600) and are replaced after --rotate (1800); they are good for the API until they end.
"""

import argparse
import datetime
import hashlib
import json
import threading
import time
import urllib.parse
import uuid
from types import SimpleNamespace

from alibabacloud_cms20190101 import models as cms
from alibabacloud_polardb20170801 import models
from alibabacloud_tea_openapi.utils import Utils

from key_services import Keys, make_handler as make_key_handler
from local_server import Handler, Server

ALGORITHM = "ACS3-HMAC-SHA256"


class Refusal(Exception):
    def __init__(self, status, code, words):
        super().__init__(f"{code}: {words}")
        self.status, self.code = status, code


class Verifier:
    def __init__(self, options):
        self.keys = Keys(options)
        with open(options.answer, encoding="utf-8") as file:
            self.sample = json.load(file)
        self.lock = threading.Lock()
        self.accepted = 0
        self.refused = []
        self.nonces = set()
        self.statuses = {}
        self.actions = {
            "DescribeAIDBClusterTaskAttribute": self.describe,
            "DescribeAIDBClusterTaskMetrics": self.no_metrics,
            "PutCustomEvent": self.put_event,
        }
        self.events = []

    def check(self, method, target, headers, body):
        """Returns the decoded query of a request that is right in every respect."""
        path, _, query_text = target.partition("?")
        query = dict(urllib.parse.parse_qsl(query_text, keep_blank_values=True, strict_parsing=bool(query_text)))
        lowered = {name.lower(): value for name, value in headers}
        if len(lowered) != len(headers):
            raise Refusal(400, "DuplicateHeader", "a header came twice")
        signed = self.check_signature(method, path, query, lowered, body)
        unsigned = [n for n in lowered if (n.startswith("x-acs-") or n in ("host", "content-type")) and n not in signed]
        if unsigned:
            raise Refusal(400, "IncompleteSignature", f"not signed: {unsigned}")
        self.check_freshness(lowered)
        action = lowered.get("x-acs-action")
        version = "2019-01-01" if action == "PutCustomEvent" else "2017-08-01"
        if action not in self.actions or lowered.get("x-acs-version") != version:
            raise Refusal(404, "InvalidApi.NotFound", "unknown action or version")
        if action == "PutCustomEvent":
            return action, query
        if not query.get("RegionId") or not query.get("DBClusterId"):
            raise Refusal(400, "MissingParameter", "RegionId and DBClusterId belong into the query")
        return action, query

    def check_signature(self, method, path, query, headers, body):
        authorization = headers.get("authorization", "")
        if not authorization.startswith(ALGORITHM + " "):
            raise Refusal(400, "IncompleteSignature", "no " + ALGORITHM)
        fields = dict(item.split("=", 1) for item in authorization[len(ALGORITHM) + 1:].split(","))
        access_key = fields.get("Credential")
        if not self.keys.find(access_key):
            raise Refusal(404, "InvalidAccessKeyId.NotFound", "another access key")
        secret, token, end = self.keys.find(access_key)
        if headers.get("x-acs-security-token") != token:
            raise Refusal(400, "InvalidSecurityToken.Malformed", "another security token")
        if time.time() >= end:
            raise Refusal(400, "InvalidSecurityToken.Expired", "the key has ended")
        payload = hashlib.sha256(body).hexdigest()
        if headers.get("x-acs-content-sha256") != payload:
            raise Refusal(400, "SignatureDoesNotMatch", "the hash is not the body's")
        signed = fields.get("SignedHeaders", "").split(";")
        missing = [name for name in signed if name not in headers]
        if missing:
            raise Refusal(400, "IncompleteSignature", f"signed, but not sent: {missing}")
        request = SimpleNamespace(
            method=method, pathname=path, query=query, headers={name: headers[name] for name in signed})
        right = Utils.get_authorization(request, ALGORITHM, payload, access_key, secret)
        if authorization != right:
            raise Refusal(400, "SignatureDoesNotMatch", "the official code signs: " + right)
        return signed

    def check_freshness(self, headers):
        try:
            date = datetime.datetime.strptime(headers.get("x-acs-date", ""), "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            raise Refusal(400, "InvalidTimeStamp.Format", "x-acs-date") from None
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        if abs((now - date).total_seconds()) > 900:
            raise Refusal(400, "InvalidTimeStamp.Expired", "x-acs-date")
        nonce = headers.get("x-acs-signature-nonce")
        with self.lock:
            if not nonce or nonce in self.nonces:
                raise Refusal(400, "SignatureNonceUsed", "the nonce came before")
            self.nonces.add(nonce)

    def no_metrics(self, query):
        answer = {
            "RequestId": str(uuid.uuid4()).upper(), "DBClusterId": query["DBClusterId"], "Items": [], "PageNumber": 1,
            "PageRecordCount": 0, "TotalRecordCount": 0,
        }
        models.DescribeAIDBClusterTaskMetricsResponseBody().from_map(answer)
        return answer

    def put_event(self, query):
        """The official SDK, asked to send the same event, makes the very same query of it."""
        event = {key.rsplit(".", 1)[1]: value for key, value in query.items()}
        request = cms.PutCustomEventRequest().from_map({"EventInfo": [event]})
        request.validate()
        if Utils.query(request.to_map()) != query:
            raise Refusal(400, "400", f"the official code sends {Utils.query(request.to_map())}")
        with self.lock:
            self.events.append(event)
        answer = {"Code": "200", "Message": "success", "RequestId": str(uuid.uuid4()).upper()}
        cms.PutCustomEventResponseBody().from_map(answer)
        return answer

    def describe(self, query):
        answer = dict(self.sample, RequestId=str(uuid.uuid4()).upper(), DBClusterId=query["DBClusterId"] + "\n")
        status = self.statuses.get(query["DBClusterId"], "ACTIVATION")
        answer["DBClusterStatus"] = answer["DBClusterStatusDesc"] = status
        decoded = models.DescribeAIDBClusterTaskAttributeResponseBody().from_map(answer)
        if decoded.dbcluster_status != status:
            raise Refusal(500, "InternalError", "the official model does not decode the answer")
        return answer

    def respond(self, method, target, headers, body):
        try:
            action, query = self.check(method, target, headers, body)
            answer = self.actions[action](query)
        except Refusal as refusal:
            with self.lock:
                self.refused.append(str(refusal))
            return refusal.status, {"Code": refusal.code, "Message": str(refusal), "RequestId": str(uuid.uuid4())}
        with self.lock:
            self.accepted += action == "DescribeAIDBClusterTaskAttribute"
        return 200, answer


def make_servers(verifier, options):
    class API(Handler):
        def respond(self):
            self.answer(*verifier.respond(self.command, self.path, self.headers.items(), self.read_body()))

        do_GET = do_POST = do_PUT = respond

    class Control(Handler):
        def do_GET(self):
            with verifier.lock:
                stats = {
                    "accepted": verifier.accepted, "refused": verifier.refused + verifier.keys.refused,
                    "connections": api.connections, "keys": verifier.keys.given, "events": verifier.events,
                }
            self.answer(200, stats)

        def do_POST(self):
            verifier.statuses.update(json.loads(self.read_body()))
            self.answer(200, {})

    api = Server(API, options.cert, options.key)
    return {"https": api, "control": Server(Control), "keys": Server(make_key_handler(verifier.keys))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--answer", required=True)
    parser.add_argument("--access-key", default="testid")
    parser.add_argument("--secret", default="testsecret")
    parser.add_argument("--token")
    parser.add_argument("--lifetime", type=int, default=3600)
    parser.add_argument("--rotate", type=float, default=1800)
    options = parser.parse_args()
    servers = make_servers(Verifier(options), options)
    for server in servers.values():
        server.start()
    print(json.dumps({name: server.port for name, server in servers.items()}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
