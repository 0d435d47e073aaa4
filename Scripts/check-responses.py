#!/usr/bin/env python3
"""Asks a running server what its OpenAPI document promises, and checks every answer against it.

    Scripts/check-responses.py DOCUMENT URL [SEED]

Reads operations from the document, makes requests that fit the schemas and requests that break one rule each, and sends
them. An answer must have a declared status (or be a problem), the declared media type, a body that fits the schema, and
the declared constant headers. A request that breaks a rule must not succeed. Bounded: at most 40 requests an operation.
"""
import json
import random
import string
import sys
import urllib.error
import urllib.parse
import urllib.request

from jsonschema import Draft202012Validator

REQUESTS_MAX = 40


class Checker:
    def __init__(self, document, base, seed):
        self.document, self.base, self.random = document, base, random.Random(seed)
        self.failures, self.requests, self.statuses = [], 0, {}

    # Schemas

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def errors(self, schema, value):
        # References point into the document, so it is the schema's root.
        root = {**{key: self.document[key] for key in ("components",)}, **schema}
        return [error.message for error in Draft202012Validator(root).iter_errors(value)]

    # Values

    def value(self, schema):
        """A value that fits the schema; `None` where a pattern cannot be met."""
        schema = self.resolve(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "anyOf" in schema:
            return self.value(schema["anyOf"][0])
        kind = schema.get("type", "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "integer":
            return self.random.choice([schema.get("minimum", 0), schema.get("maximum", 9), 1 if schema.get("minimum", 1) <= 1 else schema["minimum"]])
        if kind == "number":
            return schema.get("minimum", 0.5)
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "array":
            return [self.value(schema["items"]) for _ in range(schema.get("minItems", 1))]
        if kind == "object":
            return self.object(schema)
        length = self.random.randint(schema.get("minLength", 1), min(schema.get("maxLength", 12), schema.get("minLength", 1) + 12))
        text = "".join(self.random.choice(string.ascii_letters + string.digits + "äß☃ ") for _ in range(length))
        return None if "pattern" in schema and self.errors(schema, text) else text

    def object(self, schema):
        required = schema.get("required", [])
        result = {}
        for name, field in schema.get("properties", {}).items():
            if name in required or self.random.random() < 0.4:
                value = self.value(field)
                if value is not None:
                    result[name] = value
        return result

    def broken(self, schema, valid):
        """Values that break one rule each."""
        schema = self.resolve(schema)
        yield {**valid, "no-such-field": 1}
        for name in schema.get("required", []):
            yield {key: value for key, value in valid.items() if key != name}
        for name, field in schema.get("properties", {}).items():
            field = self.resolve(field)
            if "maxLength" in field:
                yield {**valid, name: "x" * (field["maxLength"] + 1)}
            if field.get("minLength", 0) > 0:
                yield {**valid, name: "x" * (field["minLength"] - 1)}
            if "maximum" in field:
                yield {**valid, name: field["maximum"] + 1}
            if "minimum" in field:
                yield {**valid, name: field["minimum"] - 1}
            if "enum" in field:
                yield {**valid, name: "no-such-case"}
            if field.get("type") == "integer":
                yield {**valid, name: "text"}

    # Requests

    def check(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                self.check_operation(path, method, operation)
        return not self.failures and self.requests > 0

    def check_operation(self, path, method, operation):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        parameters = [self.resolve(parameter) for parameter in operation.get("parameters", [])]
        query = [p for p in parameters if p["in"] == "query"]
        for parameter in parameters:
            if parameter["in"] == "path":
                text = str(self.value(parameter["schema"]))
                path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(text, safe=""))
        if body is None:
            body = {"type": "object", "properties": {p["name"]: p["schema"] for p in query},
                    "required": [p["name"] for p in query if p.get("required")]}
            in_query = True
        else:
            in_query = False
        schema = self.resolve(body)
        valid = [self.object(schema) for _ in range(8)]
        broken = list(self.broken(schema, valid[0]))[:REQUESTS_MAX - len(valid)]
        for value in valid:
            self.ask(path, method, operation, value, in_query, is_valid=True)
        # A flow without an input reads none.
        if in_query and not query:
            return
        for value in broken:
            if self.errors(schema if not in_query else {**schema, "additionalProperties": False}, value):
                self.ask(path, method, operation, value, in_query, is_valid=False)

    def ask(self, path, method, operation, value, in_query, is_valid):
        url, data = self.base + path, None
        if in_query:
            pairs = [(key, str(part).lower() if isinstance(part, bool) else str(part)) for key, part in value.items()]
            url += "?" + urllib.parse.urlencode(pairs) if pairs else ""
        else:
            data = json.dumps(value).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"} if data else {}, method=method.upper())
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, headers, text = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            status, headers, text = error.code, error.headers, error.read()
        self.requests += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        for problem in self.problems(operation, status, headers, text, is_valid):
            self.failures.append(f"{method.upper()} {url} {json.dumps(value)} -> {status}: {problem}")

    def problems(self, operation, status, headers, text, is_valid):
        if not is_valid and not 400 <= status < 500:
            yield "a request that breaks a rule was not refused"
        if status >= 500:
            yield text[:200].decode("utf-8", "replace")
        response = operation["responses"].get(str(status))
        if response is None:
            yield "the document does not declare this status"
            return
        response = self.resolve(response)
        for name, header in response.get("headers", {}).items():
            expected = self.resolve(header)["schema"].get("const")
            if name not in headers or expected is not None and headers[name] != expected:
                yield f"{name} is {headers.get(name)!r}, not {expected!r}"
        content = response.get("content", {})
        kind = headers.get_content_type() if "Content-Type" in headers else None
        if content and kind not in content:
            yield f"the media type is {kind}, not {', '.join(content)}"
        elif kind == "application/x-ndjson":
            for line in text.splitlines():
                yield from self.errors(content[kind]["schema"], json.loads(line))
        elif content and kind != "text/plain":
            yield from self.errors(content[kind]["schema"], json.loads(text))


def main():
    document = json.load(open(sys.argv[1], encoding="utf-8"))
    checker = Checker(document, sys.argv[2].rstrip("/"), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    passed = checker.check()
    for failure in checker.failures[:20]:
        print(failure)
    print(f"{checker.requests} requests, {len(checker.failures)} failures, statuses {dict(sorted(checker.statuses.items()))}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
