"""Holds what polarai-web answers against its own OpenAPI document, with jsonschema: openapi_check.py BASE TASK

Prints one line a check that failed; exits 1 if there is one.
"""
import json
import sys
import urllib.error
import urllib.request

import jsonschema

base, task = sys.argv[1], sys.argv[2]
wrong = []


def fetch(path):
    try:
        with urllib.request.urlopen(base + path, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


document = json.loads(fetch("/api/v1/openapi.json")[2])
if document["openapi"] != "3.1.0":
    wrong.append(f"the document says {document['openapi']}")


def check(path, schema):
    status, headers, body = fetch(path)
    content = schema["responses"][str(status)]["content"]
    kind = headers["Content-Type"].split(";")[0]
    if kind not in content:
        wrong.append(f"{path}: {status} is {kind}, and should be one of {list(content)}")
        return
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"],
             **content[kind]["schema"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    unnamed(json.loads(body), content[kind]["schema"], path)
    for error in validator.iter_errors(json.loads(body)):
        wrong.append(f"{path}: {status}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def unnamed(value, schema, place):
    """Members that an answer has and the document does not name."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for part in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
        if "$ref" in part or "properties" in part:
            schema = {**schema, **part}
            while "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list):
        for item in value:
            unnamed(item, schema.get("items", {}), place + "[]")
    elif isinstance(value, dict) and "properties" in schema:
        for key, member in value.items():
            if key in schema["properties"]:
                unnamed(member, schema["properties"][key], f"{place}.{key}")
            else:
                wrong.append(f"{place}.{key} is not in the document")


count = 0
for template, methods in document["paths"].items():
    if template.endswith("/events"):
        continue
    path = template.replace("{id}", task)
    query = "?all=1" if template.endswith(("/alerts", "/silences")) else ""
    for address in (path + query, path + "?no_such_parameter=1", template.replace("{id}", "nobody")):
        check(address, methods["get"])
        count += 1
    if any(parameter["name"] == "limit" for parameter in methods["get"]["parameters"]):
        for limit in ("1", "1000", "0", "x"):
            check(f"{path}?limit={limit}", methods["get"])
            count += 1

for line in wrong:
    print(line)
print(f"{count} answers were checked")
sys.exit(1 if wrong or count < 20 else 0)
