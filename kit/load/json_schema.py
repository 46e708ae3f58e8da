"""The JSON Schema that editors complete YAML with: the models, widened by the short forms."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from kit.load.validation_messages import INHERITED
from kit.model.campaign import Campaign
from kit.model.facts import Source
from kit.model.schedule import Schedule
from kit.model.texts import LanguageTexts

MODELS: dict[str, type[BaseModel]] = {"campaign": Campaign, "language": LanguageTexts, "schedule": Schedule}
"""Every kind of file that people write, and the model behind it."""


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of what people write, which is wider than what the models hold after loading."""
    schema = model.model_json_schema(by_alias=True)
    _scalars_are_text(schema)
    if model is Campaign:
        _short_forms(schema)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def _scalars_are_text(node: Any) -> None:
    """A phone number may be typed without quotes: where text is wanted a YAML number is fine."""
    if isinstance(node, dict):
        if node.get("type") == "string" and "format" not in node:
            node["type"] = ["string", "number"]
        for child in node.values():
            _scalars_are_text(child)
    elif isinstance(node, list):
        for child in node:
            _scalars_are_text(child)


def _short_forms(schema: dict[str, Any]) -> None:
    defs = schema["$defs"]
    source = Source.model_json_schema()
    source.pop("$defs", None)
    schema["properties"]["sources"] = {"type": "object", "additionalProperties": source}
    fact, services = defs["Fact"], (defs["Tool"], defs["Scheme"])
    for service in services:
        service["properties"] |= {
            name: fact["properties"][name] for name in INHERITED if name in fact["properties"]
        }
    for owner in (fact, *services):
        owner["properties"]["source"] = {"type": "string", "description": "a key of `sources`"}
    fact["required"] = []
    openings = defs["Hours"]["properties"]["openings"]
    fact["properties"]["hours"] = {"anyOf": [{"const": "always"}, openings, {"$ref": "#/$defs/Hours"}]}
    for service in services:
        service["properties"]["facts"]["additionalProperties"] = {
            "anyOf": [{"$ref": "#/$defs/Fact"}, {"type": ["string", "number"]}]
        }
    texts = schema["properties"]["texts"]
    texts["additionalProperties"] = {
        "anyOf": [
            texts["additionalProperties"],
            {"type": "string", "description": "a file beside campaign.yaml"},
        ]
    }
