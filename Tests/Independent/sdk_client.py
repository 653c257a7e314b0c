#!/usr/bin/env python3
"""Asks an endpoint for a task by the official SDK, and prints what the SDK understood as JSON.

Usage: sdk_client.py --endpoint 127.0.0.1:PORT --cluster pm-… [--region R] [--access-key ID] [--secret S] [--token T]

Plain HTTP: this checks signatures and answers, not TLS. An error of the API is printed as {"code", "status", "message"}.
"""

import argparse
import json

from alibabacloud_polardb20170801 import models
from alibabacloud_polardb20170801.client import Client
from alibabacloud_tea_openapi import models as openapi
from darabonba.runtime import RuntimeOptions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--region", default="cn-beijing")
    parser.add_argument("--access-key", default="testid")
    parser.add_argument("--secret", default="testsecret")
    parser.add_argument("--token")
    options = parser.parse_args()
    client = Client(
        openapi.Config(
            access_key_id=options.access_key, access_key_secret=options.secret, security_token=options.token,
            endpoint=options.endpoint, protocol="http", region_id=options.region))
    request = models.DescribeAIDBClusterTaskAttributeRequest(
        dbcluster_id=options.cluster, region_id=options.region, describe_type="RelatedAITask")
    try:
        response = client.describe_aidbcluster_task_attribute_with_options(request, RuntimeOptions())
        print(json.dumps(response.body.to_map(), ensure_ascii=False))
    except Exception as error:  # The SDK's exceptions have no common class of their own.
        print(json.dumps({
            "code": getattr(error, "code", type(error).__name__), "status": getattr(error, "status_code", None),
            "message": str(error)}))


if __name__ == "__main__":
    main()
