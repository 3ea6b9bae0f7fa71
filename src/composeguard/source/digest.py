"""SHA-256 without `hashlib`, which imports the whole of OpenSSL first: for a few digests that is most of the time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any


def _function() -> Callable[[bytes], Any]:
    """That of the standard library's own code, by the name that it has in this version."""
    for name in ("_sha2" if sys.version_info >= (3, 12) else "_sha256", "hashlib"):
        try:
            found: Callable[[bytes], Any] = importlib.import_module(name).sha256
        except ImportError:
            continue
        return found
    raise ImportError("hashlib")


_sha256 = _function()


def sha256(data: bytes) -> str:
    """The digest of some bytes, as 64 hexadecimal digits."""
    digest: str = _sha256(data).hexdigest()
    return digest
