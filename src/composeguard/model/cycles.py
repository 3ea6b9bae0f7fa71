"""Dependency cycles, found in time linear to the number of dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
"""The names that each name depends on."""


def cycles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One cycle for each dependency that closes one in a depth-first search; its first name is not repeated.

    There is a cycle if and only if one is found, but not every cycle is: there may be exponentially many.
    """
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        path: list[str] = [start]
        position = {start: 0}
        waiting = [iter(graph[start])]
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                last = path.pop()
                del position[last]
                done.add(last)
            elif name in position:
                yield tuple(path[position[name] :])
            elif name in graph and name not in done:
                position[name] = len(path)
                path.append(name)
                waiting.append(iter(graph[name]))
