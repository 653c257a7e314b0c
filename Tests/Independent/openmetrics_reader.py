"""Reads OpenMetrics with the parser of Prometheus' own Python library: openmetrics_reader.py FILE

Prints {"family": [number of samples, type]} as JSON; ends with 1 if the parser refuses the text.
"""

import json
import sys

from prometheus_client.openmetrics import parser

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
try:
    families = list(parser.text_string_to_metric_families(text))
except Exception as error:  # noqa: BLE001 - whatever the parser raises is its verdict
    sys.exit(f"refused: {type(error).__name__}: {error}")
print(json.dumps({family.name: [len(family.samples), family.type] for family in families}))
