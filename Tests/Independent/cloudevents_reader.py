"""Reads a CloudEvent with the CloudEvents project's own SDK: cloudevents_reader.py CONTENT_TYPE BODY_FILE

Prints its attributes as one JSON object; ends with 1 if the SDK refuses the message.
"""

import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event

content_type, path = sys.argv[1:]
with open(path, "rb") as file:
    body = file.read()
try:
    event = from_http_event(HTTPMessage(headers={"content-type": content_type}, body=body))
except Exception as error:  # noqa: BLE001 - whatever the SDK raises is its verdict
    sys.exit(f"refused: {type(error).__name__}: {error}")
attributes = {name: str(value) for name, value in event.get_attributes().items()}
data = event.get_data()
print(json.dumps({"attributes": attributes, "id_in_data": data["id"]}))
