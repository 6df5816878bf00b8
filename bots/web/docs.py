"""The API's documentation as one plain page, made from its OpenAPI description: no script, nothing from elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from bots.web.pages import Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a shape. `shapes` are the shapes its values take, each with a place on the page."""

    name: str
    kind: str
    shapes: tuple[str, ...]
    required: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An object or list of words that requests and responses are made of."""

    name: str
    description: str
    fields: tuple[Field, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What comes back with one status."""

    status: str
    description: str
    shape: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a program can ask for."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: str | None
    replies: tuple[Reply, ...]


def docs_routes(app: FastAPI, *, pages: Pages) -> APIRouter:
    """`/docs`: what /openapi.json says, for reading."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/docs", methods=["GET", "HEAD"])
    def docs(request: Request) -> HTMLResponse:
        described = app.openapi()
        context = {
            "info": described["info"],
            "operations": list(operations(described)),
            "shapes": list(shapes(described)),
        }
        return pages.render(request, "docs.html", context)

    return router


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    """Each operation of an OpenAPI description, in its order."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                parameters=tuple(
                    _field(each["name"], each["schema"], required=each.get("required", False))
                    for each in operation.get("parameters", ())
                ),
                body=_shape_of(operation.get("requestBody", {})),
                replies=tuple(
                    Reply(status=status, description=reply["description"], shape=_shape_of(reply))
                    for status, reply in sorted(operation["responses"].items())
                ),
            )


def shapes(described: Mapping[str, Any]) -> Iterator[Shape]:
    """Each shape of an OpenAPI description, by name."""
    for name, schema in sorted(described["components"]["schemas"].items()):
        required = schema.get("required", ())
        yield Shape(
            name=name,
            description=schema.get("description", ""),
            fields=tuple(
                _field(field, each, required=field in required) for field, each in schema.get("properties", {}).items()
            ),
            words=tuple(schema.get("enum", ())),
        )


def _field(name: str, schema: Mapping[str, Any], *, required: bool) -> Field:
    return Field(
        name=name,
        kind=kind_in_words(schema),
        shapes=tuple(_references(schema)),
        required=required,
        description=schema.get("description", ""),
    )


_KINDS: Mapping[str, str] = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


def kind_in_words(schema: Mapping[str, Any]) -> str:
    """What a value is: "text", "list of StatementShape", "date (YYYY-MM-DD) or null"."""
    if "$ref" in schema:
        return _name(schema["$ref"])
    if "anyOf" in schema:
        return " or ".join(kind_in_words(each) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"“{word}”" for word in schema.get("enum") or [schema["const"]])
    if schema.get("type") == "array":
        return f"list of {kind_in_words(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {kind_in_words(schema['additionalProperties'])} by name"
    return "date (YYYY-MM-DD)" if schema.get("format") == "date" else _KINDS.get(schema.get("type", ""), "anything")


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield _name(schema["$ref"])
    parts = [schema.get("items"), schema.get("additionalProperties")]
    inner: Sequence[Mapping[str, Any]] = [
        *schema.get("anyOf", ()),
        *(each for each in parts if isinstance(each, Mapping)),
    ]
    for each in inner:
        yield from _references(each)


def _shape_of(carrier: Mapping[str, Any]) -> str | None:
    schema = carrier.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(schema["$ref"]) if "$ref" in schema else None


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]
