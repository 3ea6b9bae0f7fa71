"""What an installation of composeguard brings with it, by the metadata of what is installed here."""

from __future__ import annotations

import re
from importlib.metadata import distribution, requires

from packaging.requirements import Requirement

_BY_CLASSIFIER = {
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def closure(name: str = "composeguard", extras: tuple[str, ...] = ("", "html")) -> dict[str, tuple[str, str]]:
    """Version and licence of every package that an installation with the extra `html` needs, by normal name."""
    found: dict[str, tuple[str, str]] = {}
    pending = [(name, extras)]
    while pending:
        each, wanted = pending.pop()
        for line in requires(each) or ():
            requirement = Requirement(line)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in wanted):
                continue
            normal = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if normal not in found:
                found[normal] = (distribution(normal).version, licence(normal))
                pending.append((normal, ("", *requirement.extras)))
    return found


def licence(name: str) -> str:
    """The licence that a package declares: as an expression, in a word, or by a classifier."""
    metadata = distribution(name).metadata
    for key in ("License-Expression", "License"):
        if key in metadata and re.fullmatch(r"[\w.+-]{2,30}", metadata[key]):
            return metadata[key]
    for line in metadata.get_all("Classifier") or ():
        known = _BY_CLASSIFIER.get(line.rpartition(" :: ")[2])
        if known and line.startswith("License ::"):
            return known
    return "unknown"
