"""Monthly cost of templates, the cost of a change, and the cheapest capacity for a workload."""

from .bill import Bill, Line
from .compare import Comparison, Offer, compare_capacity
from .difference import Change, Difference, difference
from .estimate import estimate
from .prices import Price, Prices, read_prices

__all__ = [
    "Bill",
    "Change",
    "Comparison",
    "Difference",
    "Line",
    "Offer",
    "Price",
    "Prices",
    "compare_capacity",
    "difference",
    "estimate",
    "read_prices",
]
