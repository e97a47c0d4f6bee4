"""Architecture diagrams of stacks: services, load balancers, data, and the traffic between them."""

from .drawing import Arrow, Box, Drawing
from .reading import drawing_of
from .writing import FORMATS

__all__ = ["FORMATS", "Arrow", "Box", "Drawing", "drawing_of"]
