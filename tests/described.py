"""The API's answers, held against its own description: whatever a test asks, the answer fits."""

import re
from functools import cache
from typing import Any

from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

PREFIX = "/api/v1/"
SELF = {"/api/v1/schema/", "/api/v1/docs/"}


class NotAsDescribed(AssertionError):
    """An answer that the description does not know."""


def checked(ask: Any) -> Any:
    """`Client.request`, which raises NotAsDescribed for such an answer of the API."""

    def request(client: Client, **environ: Any) -> Any:
        answer = ask(client, **environ)
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and path not in SELF:
            check(environ["REQUEST_METHOD"], path, answer)
        return answer

    return request


def check(method: str, path: str, answer: Any) -> None:
    """Nothing, if the answer has a status, a content type and a shape that are described."""
    operation = _operation(method.lower(), path)
    if operation is None:
        assert answer.status_code >= 400 or method in {"HEAD", "OPTIONS"}, path
        return
    status = str(answer.status_code)
    asked = f"{method} {path} → {status}"
    known = operation["responses"]
    if status not in known and answer.status_code < 400:
        raise NotAsDescribed(f"{asked}: described are {', '.join(known)}")
    content = known.get(status, known["default"]).get("content", {})
    media_type = answer.get("Content-Type", "").partition(";")[0]
    if content and media_type not in content:
        raise NotAsDescribed(f"{asked}: {media_type} is none of {', '.join(content)}")
    if media_type == "application/json" and not answer.streaming:
        _check_body(asked, answer.json(), content)


def _check_body(asked: str, body: Any, content: dict[str, Any]) -> None:
    if not content:
        raise NotAsDescribed(f"{asked}: no body is described")
    schema = {**_translated(content["application/json"].get("schema", {})), **_components()}
    for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(body):
        raise NotAsDescribed(f"{asked}: {error.json_path}: {error.message[:300]}")


@cache
def _description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def _components() -> dict[str, Any]:
    return {"components": _translated(_description()["components"])}


@cache
def _addresses() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Fixed ones first: `answers/pending/` is none of `answers/{id}/`."""
    paths = sorted(_description()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), methods) for path, methods in paths]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    found = (methods for address, methods in _addresses() if address.fullmatch(path))
    return next(found, {}).get(method)


def _translated(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema; fields that are not named are none."""
    if isinstance(schema, list):
        return [_translated(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _translated(value) for name, value in schema.items() if name != "nullable"}
    if isinstance(schema.get("properties"), dict):
        plain.setdefault("additionalProperties", False)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
