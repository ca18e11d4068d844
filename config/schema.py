"""What the description of the API says of every operation: what it does, and how it refuses."""

from typing import Any

ERROR = {
    "type": "object",
    "description": "Programs go by the code, people by the message.",
    "properties": {
        "code": {"type": "string", "description": "Stable, such as `insufficient_funds`."},
        "message": {"type": "string", "description": "In the request's language."},
        "data": {"type": "object", "additionalProperties": {}},
    },
    "required": ["code", "message", "data"],
}


def describe_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The description with the shape that errors have, as each operation's default answer."""
    result["components"]["schemas"]["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    refused = {"description": "Refused, and nothing is half done.", "content": content}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = refused
    return result


def summarize(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The description with the first paragraph of each operation beside its address."""
    for operations in result["paths"].values():
        for operation in operations.values():
            first = operation["description"].partition("\n\n")[0]
            operation["summary"] = " ".join(first.split())
    return result
