"""Skip work of the emulator that no test needs. Its responses are the same."""

import functools
import gc
import json
from typing import Any

from botocore.loaders import JSONFileLoader
from moto import backends
from moto.cloudformation import models as cloudformation
from moto.core import utils
from moto.kms import models as kms


def install() -> None:
    # What is loaded stays, and so does nearly all that a deployment makes.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    cloudformation.Stack.parse_template = staticmethod(parse_template)
    # Nothing signs with a key.
    kms.generate_private_key = functools.cache(kms.generate_private_key)
    # The folders of moto and of AWS's models stay as they are.
    moto_modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: moto_modules
    utils.create_loader = functools.cache(utils.create_loader)
    # moto and boto3 read the same models, each for itself.
    JSONFileLoader._load_file = load_file


parse_anything = cloudformation.Stack.parse_template
load = JSONFileLoader._load_file
loaded: dict[str, Any] = {}


def parse_template(template: str) -> dict[str, Any]:
    """Take JSON for JSON. Read as YAML, templates take a sixth of the emulator's time."""
    try:
        found: dict[str, Any] = json.loads(template)
    except ValueError:
        found = parse_anything(template)
    return found


def load_file(self: JSONFileLoader, path: str, open_method: Any) -> Any:
    if path not in loaded:
        loaded[path] = load(self, path, open_method)
    return loaded[path]
