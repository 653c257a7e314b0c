"""An ECS metadata service (v2) and an STS that give out short-lived keys, for acs3_verifier.py.

STS requests are checked with the official SDK's own RPC signing code.
"""

import datetime
import json
import secrets
import threading
import time
import urllib.parse

from alibabacloud_tea_openapi.utils import Utils

from local_server import Handler

ROLE = "independent"


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Keys:
    """All keys, each with its secret, its token and its end."""

    def __init__(self, options):
        self.lifetime, self.rotate = options.lifetime, options.rotate
        self.lock = threading.Lock()
        self.known = {options.access_key: (options.secret, options.token, float("inf"))}
        self.given = 0
        self.refused = []
        self.standing = None
        self.metadata_tokens = {}

    def find(self, access_key):
        with self.lock:
            return self.known.get(access_key)

    def give(self):
        with self.lock:
            self.given += 1
            key, secret, token = f"STS.py{self.given}", secrets.token_urlsafe(24), secrets.token_urlsafe(600)
            end = int(time.time()) + self.lifetime
            self.known[key] = (secret, token, end)
        return {"AccessKeyId": key, "AccessKeySecret": secret, "SecurityToken": token, "Expiration": iso(end)}

    def give_standing(self):
        if not self.standing or time.time() - self.standing[1] >= self.rotate:
            self.standing = (self.give(), time.time())
        return self.standing[0]

    def refuse(self, words):
        with self.lock:
            self.refused.append(words)


def check_assume_role(keys, method, parameters):
    """Returns what is wrong with a signed request; None where nothing is."""
    given = parameters.pop("Signature", None)
    entry = keys.find(parameters.get("AccessKeyId"))
    if not entry:
        return 404, "InvalidAccessKeyId.NotFound"
    secret, token, end = entry
    if given != Utils.get_rpcsignature(parameters, method, secret):
        return 400, "SignatureDoesNotMatch"
    if parameters.get("SecurityToken") != token:
        return 400, "InvalidSecurityToken.Malformed"
    if time.time() >= end:
        return 400, "InvalidSecurityToken.Expired"
    age = abs(time.time() - datetime.datetime.fromisoformat(parameters["Timestamp"].replace("Z", "+00:00")).timestamp())
    if age > 900:
        return 400, "InvalidTimeStamp.Expired"
    return None


def make_handler(keys):
    class KeyServices(Handler):
        """`/latest/…` is the metadata service, `/` is STS."""

        def do_PUT(self):
            seconds = int(self.headers.get("X-aliyun-ecs-metadata-token-ttl-seconds") or 0)
            if self.path != "/latest/api/token" or not 1 <= seconds <= 21600 or self.headers.get("X-Forwarded-For"):
                keys.refuse("PUT " + self.path)
                return self.answer(400, b"Bad Request")
            token = secrets.token_urlsafe(32)
            keys.metadata_tokens[token] = time.time() + seconds
            return self.answer(200, token.encode())

        def do_GET(self):
            if not self.path.startswith("/latest/"):
                return self.assume_role(urllib.parse.urlsplit(self.path).query)
            if keys.metadata_tokens.get(self.headers.get("X-aliyun-ecs-metadata-token"), 0) < time.time():
                keys.refuse("GET without a token: " + self.path)
                return self.answer(403, b"Forbidden")
            folder = "/latest/meta-data/ram/security-credentials/"
            if self.path == folder:
                return self.answer(200, ROLE.encode())
            if self.path == folder + ROLE:
                return self.answer(200, dict(keys.give_standing(), Code="Success", LastUpdated=iso(time.time())))
            return self.answer(404, b"Not Found")

        def do_POST(self):
            query = urllib.parse.urlsplit(self.path).query
            return self.assume_role("&".join(filter(None, [query, self.read_body().decode()])))

        def assume_role(self, text):
            parameters = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
            wrong = None
            if parameters.get("Version") != "2015-04-01" or not parameters.get("RoleSessionName"):
                wrong = (400, "MissingParameter")
            elif parameters.get("Action") == "AssumeRole":
                wrong = check_assume_role(keys, self.command, parameters)
            elif parameters.get("Action") != "AssumeRoleWithOIDC" or not parameters.get("OIDCToken"):
                wrong = (404, "InvalidAction.NotFound")
            if wrong:
                keys.refuse(f"{parameters.get('Action')}: {wrong[1]}")
                return self.answer(wrong[0], {"Code": wrong[1], "Message": wrong[1], "RequestId": "1"})
            return self.answer(200, {"RequestId": "1", "Credentials": keys.give()})

    return KeyServices
