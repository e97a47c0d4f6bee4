"""Checks of the images that containers run."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Missing, Partial, Reference, Unknown

from .containers import EXPRESS_SERVICE, Container, each_container
from .service_parts import TASK_DEFINITION

_OPEN = "\0"


@check("pinned-image", TASK_DEFINITION, EXPRESS_SERVICE, fix="Reference the image by a fixed tag, or by its digest.")
@each_container
def image_is_pinned(container: Container) -> Outcome | None:
    """The template shows which version runs."""
    value = container.source.value("Image")
    if isinstance(value, Missing):
        return None
    ends_with = value.parts[-1] if isinstance(value, Partial) else value
    at_a_repository = isinstance(ends_with, Reference) and ends_with.resource.type == "AWS::ECR::Repository"
    if isinstance(value, Partial):
        text = "".join(part if isinstance(part, str) else _OPEN for part in value.parts)
    elif isinstance(value, Unknown) and not at_a_repository:
        raise CannotTell(f"the image of {container} depends on {value.why}")
    else:
        text = "repository" if at_a_repository else str(value)
    if "@" in text:
        return ok("each image has a version")
    name, colon, tag = text.rpartition("/")[2].partition(":")
    if not colon and _OPEN in name and not at_a_repository:
        raise CannotTell(f"the image of {container} depends on {getattr(value, 'why', name)}")
    if not colon or not tag:
        return fault(f"the image of {container} has no tag, so it is `latest`")
    if tag == "latest":
        return fault(f"the image of {container} has the tag `latest`")
    if not tag.strip(_OPEN):
        raise CannotTell(f"the tag of {container} depends on {getattr(value, 'why', tag)}")
    if not any(character.isdigit() or character == _OPEN for character in tag):
        raise CannotTell(f"the tag {tag} of {container} is not a version, and may move")
    return ok("each image has a version")
