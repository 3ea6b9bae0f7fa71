"""The digest is the one that everybody else computes."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from composeguard.source.digest import sha256


@given(st.binary())
def test_it_is_sha_256(data: bytes) -> None:
    assert sha256(data) == hashlib.sha256(data).hexdigest()
