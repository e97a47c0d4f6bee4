"""Messages say the same whoever takes them apart."""

from __future__ import annotations

from typing import Any

import jsii
import pytest
from jsii._kernel import types
from jsii._kernel.providers import process

from tests import toolkit  # noqa: F401  (which makes jsii quick)
from tests.quick_messages import Messages

QUICK: Any = jsii.kernel.provider._process._serializer  # type: ignore[attr-defined]
THING = types.ObjRef("aws-cdk-lib.Stack@1", ["constructs.IConstruct"])


@pytest.mark.parametrize(
    "request_",
    [
        types.CreateRequest("aws-cdk-lib.Stack", [{"$jsii.map": {"a": None}}], [types.Override("m", None, "c")], ["i"]),
        types.CreateRequest("aws-cdk-lib.App"),
        types.GetRequest(THING, "node"),
        types.StaticGetRequest("aws-cdk-lib.Aws", "REGION"),
        types.InvokeRequest(THING, "resolve", [THING, 5, "text", [True, 2.5]]),
        types.StaticInvokeRequest("aws-cdk-lib.Stack", "of", [types.CreateResponse("aws-cdk-lib.App@0")]),
        types.SetRequest(THING, "name", "shop"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_a_request_is_the_same_text(request_: Any) -> None:
    assert isinstance(QUICK, Messages)
    plain = process.json.dumps(QUICK._converter.unstructure(request_))
    quick = process.json.dumps(QUICK.unstructure(request_), default=process.jdefault)
    assert process.json.loads(quick) == process.json.loads(plain)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"ok": {"value": 5}}, process._ProcessResponse),
        ({"error": "no", "stack": "here", "name": "@jsii/kernel.Fault"}, process._ProcessResponse),
        (
            {"callback": {"cbid": "1", "cookie": "c", "get": {"objref": THING, "property": "p"}}},
            process._ProcessResponse,
        ),
        (THING, types.CreateResponse),
        ({"value": [THING, None]}, types.GetResponse),
        ({}, types.GetResponse),
        ({"result": {"a": 5}}, types.InvokeResponse),
        ({}, types.InvokeResponse),
    ],
)
def test_a_response_is_the_same_object(data: Any, kind: Any) -> None:
    quick = QUICK.structure(data, kind)
    assert quick == QUICK._converter.structure(data, kind)
    assert type(quick) is type(QUICK._converter.structure(data, kind))
