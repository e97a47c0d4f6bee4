"""Choosing the best of many items that change one at a time."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeAlias, TypeVar

Key: TypeAlias = tuple[int, ...]
Cell: TypeAlias = tuple[Hashable, ...]
Item = TypeVar("Item", bound=Hashable)


class Queue(Generic[Item]):
    """Items with keys: returns an item with the smallest key, with equal chances among several."""

    def __init__(self) -> None:
        self._keys: list[Key] = []  # a heap; a key stays when its last item goes, until it would be the least
        self._items: dict[Key, list[Item]] = {}
        self._place: dict[Item, tuple[Key, int]] = {}

    def put(self, item: Item, key: Key) -> None:
        """Add an item, or give it another key."""
        if item in self._place:
            if self._place[item][0] == key:
                return
            self.remove(item)
        items = self._items.get(key)
        if items is None:
            items = self._items[key] = []
            heapq.heappush(self._keys, key)
        self._place[item] = (key, len(items))
        items.append(item)

    def remove(self, item: Item) -> None:
        """Take an item away, if it is there."""
        if item not in self._place:
            return
        key, index = self._place.pop(item)
        items = self._items[key]
        last = items.pop()
        if index < len(items):
            items[index] = last
            self._place[last] = (key, index)

    def least(self) -> Key | None:
        """Return the smallest key."""
        while self._keys:
            if self._items[self._keys[0]]:
                return self._keys[0]
            del self._items[heapq.heappop(self._keys)]
        return None

    def choose(self, chance: random.Random) -> Item | None:
        """Return an item with the smallest key."""
        least = self.least()
        return None if least is None else chance.choice(self._items[least])


class Ranking(Generic[Item]):
    """Items in groups, which are in groups. Items of one group share a part of their keys: what is counted in it.

    A cell is an innermost group, named by the groups that it is in, outermost first. The cost of a change does not
    depend on the number of items and cells.

    Args:
        positions: For each depth of groups, the position of their count in the keys. Items have 0 there.
        count: Counts for a group.
    """

    def __init__(self, positions: Sequence[int], count: Callable[[Cell], int]) -> None:
        self._positions, self._count = positions, count
        self._items: defaultdict[Cell, Queue[Item]] = defaultdict(Queue)
        self._groups: defaultdict[Cell, Queue[Cell]] = defaultdict(Queue)

    def put(self, item: Item, cell: Cell, key: Key) -> None:
        """Add an item, or give it another key; what was counted in its groups may have changed."""
        self._items[cell].put(item, key)
        self._refresh(cell)

    def remove(self, item: Item, cell: Cell) -> None:
        """Take an item away, if it is there; what was counted in its groups may have changed."""
        self._items[cell].remove(item)
        self._refresh(cell)

    def choose(self, chance: random.Random) -> Item | None:
        """Return an item with the smallest key: each group that has one has the same chance, and each item in it."""
        group: Cell = ()
        for _ in self._positions:
            inner = self._groups[group].choose(chance)
            if inner is None:
                return None
            group = inner
        return self._items[group].choose(chance)

    def _refresh(self, cell: Cell) -> None:
        least = self._items[cell].least()
        for depth in range(len(cell), 0, -1):
            group, outer = cell[:depth], self._groups[cell[: depth - 1]]
            if least is None:
                outer.remove(group)
            else:
                # Within the group the count is the same for all, so it takes part from here outwards only.
                position = self._positions[depth - 1]
                outer.put(group, (*least[:position], self._count(group), *least[position + 1 :]))
            least = outer.least()
