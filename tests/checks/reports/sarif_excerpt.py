"""What SARIF 2.1.0 demands of the parts that we write, by its text (sections 3.13 to 3.58) and by code scanning's."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def thing(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": [*required], "properties": properties, "additionalProperties": False}


def several(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


URI = {"type": "string", "format": "uri-reference", "pattern": r"^[A-Za-z0-9%/._~:@!$&'()*+,;=-]+$"}
RULE = thing(
    {
        "id": {"type": "string"},
        "name": {"type": "string", "maxLength": 255},
        "shortDescription": {**TEXT, "maxLength": 1024},
        "fullDescription": {**TEXT, "maxLength": 1024},
        "help": thing({"text": {"type": "string"}, "markdown": {"type": "string"}}),
        "helpUri": {"type": "string", "pattern": "^https://"},
        "defaultConfiguration": thing({"level": LEVEL}),
        "properties": thing(
            {
                "tags": several({"type": "string"}, uniqueItems=True, maxItems=20),
                "precision": {"enum": ["very-high", "high", "medium", "low"]},
                "security-severity": {"type": "string", "pattern": r"^(10|\d)(\.\d)?$"},
            }
        ),
    }
)
LOCATION = thing(
    {
        "physicalLocation": thing(
            {"artifactLocation": thing({"uri": URI}), "region": thing({"startLine": {"type": "integer", "minimum": 1}})}
        ),
        "logicalLocations": several(
            thing(
                {
                    "name": {"type": "string"},
                    "fullyQualifiedName": {"type": "string"},
                    "kind": {"enum": ["resource"]},
                }
            )
        ),
    }
)
RESULT = thing(
    {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["pass", "open", "fail"]},
        "level": LEVEL,
        "message": TEXT,
        "locations": several(LOCATION, minItems=1),
        "partialFingerprints": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
    },
    {"suppressions": several(thing({"kind": {"enum": ["inSource"]}, "justification": {"type": "string"}}))},
)
SCHEMA = thing(
    {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": several(
            thing(
                {
                    "tool": thing(
                        {
                            "driver": thing(
                                {
                                    "name": {"type": "string"},
                                    "semanticVersion": {"type": "string"},
                                    "rules": several(RULE, uniqueItems=True),
                                }
                            )
                        }
                    ),
                    "invocations": several(
                        thing(
                            {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": several(thing({"level": LEVEL, "message": TEXT})),
                            }
                        )
                    ),
                    "results": several(RESULT),
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                }
            ),
            minItems=1,
        ),
    }
)
