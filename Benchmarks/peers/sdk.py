"""Processor time of a poll by the vendor's own Python SDK, one client that is used again, in µs; and resident memory, MB.

sdk.py ENDPOINT CA_FILE REQUESTS
"""

import resource
import sys
import time

from alibabacloud_polardb20170801 import models
from alibabacloud_polardb20170801.client import Client
from alibabacloud_tea_openapi import models as openapi
from darabonba.runtime import RuntimeOptions

endpoint, ca_file, requests = sys.argv[1:]
client = Client(openapi.Config(
    endpoint=endpoint, protocol="https", access_key_id="LTAI5tFAKEACCESSKEYID001",
    access_key_secret="FakeSecretForBench", ca=ca_file))
request = models.DescribeAIDBClusterTaskAttributeRequest(dbcluster_id="pm-2zebench100001", region_id="cn-beijing")


def poll():
    body = client.describe_aidbcluster_task_attribute_with_options(request, RuntimeOptions()).body
    if body is None or body.dbcluster_status != "ACTIVATION":
        sys.exit("sdk.py: the answer was not understood")


for _ in range(20):
    poll()
begin = time.process_time()
for _ in range(int(requests)):
    poll()
spent = time.process_time() - begin
print("%.3f %.1f" % (spent * 1e6 / int(requests), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
