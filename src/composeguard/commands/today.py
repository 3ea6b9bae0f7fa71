"""The day that the run counts as today, for what is accepted until some day."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from composeguard.errors import UsageError


def today() -> date:
    """Today in UTC, so that it is the same day everywhere; `SOURCE_DATE_EPOCH` (seconds) stands in for the clock.

    Raises:
        UsageError: `SOURCE_DATE_EPOCH` is no number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(given), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH={given!r} is no number of seconds") from None
