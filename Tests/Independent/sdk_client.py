#!/usr/bin/env python3
"""Calls an endpoint by the official SDK, and prints what the SDK understood as JSON.

Usage: sdk_client.py --endpoint 127.0.0.1:PORT --action DescribeAIDBClusterTaskAttribute DBClusterId=pm-… RegionId=…
       [--access-key ID] [--secret S] [--token T] [--credentials-uri URL]

Plain HTTP: this checks signatures and answers, not TLS. An error of the API is printed as {"code", "status", "message"}.
With --credentials-uri the official credentials library fetches the key from there.
"""

import argparse
import json
import re

from alibabacloud_credentials.client import Client as CredentialClient
from alibabacloud_credentials.models import Config as CredentialConfig
from alibabacloud_polardb20170801 import models
from alibabacloud_polardb20170801.client import Client
from alibabacloud_tea_openapi import models as openapi
from darabonba.runtime import RuntimeOptions


def method_name(action):
    """DescribeAIDBClusterTasks is describe_aidbcluster_tasks in the SDK."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action.replace("AIDBCluster", "Aidbcluster")).lower()


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--action", default="DescribeAIDBClusterTaskAttribute")
    parser.add_argument("--access-key", default="testid")
    parser.add_argument("--secret", default="testsecret")
    parser.add_argument("--token")
    parser.add_argument("--credentials-uri")
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    return parser.parse_args()


def configuration(options):
    config = openapi.Config(endpoint=options.endpoint, protocol="http")
    if options.credentials_uri:
        config.credential = CredentialClient(
            CredentialConfig(type="credentials_uri", credentials_uri=options.credentials_uri))
    else:
        config.access_key_id, config.access_key_secret = options.access_key, options.secret
        config.security_token = options.token
    return config


def main():
    options = parse()
    client = Client(configuration(options))
    request = getattr(models, options.action + "Request")()
    request.from_map(dict(parameter.split("=", 1) for parameter in options.parameters))
    try:
        call = getattr(client, method_name(options.action) + "_with_options")
        print(json.dumps(call(request, RuntimeOptions()).body.to_map(), ensure_ascii=False))
    except Exception as error:  # The SDK's exceptions have no common class of their own.
        print(json.dumps({
            "code": getattr(error, "code", type(error).__name__), "status": getattr(error, "status_code", None),
            "message": str(error)}))


if __name__ == "__main__":
    main()
