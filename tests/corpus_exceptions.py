"""Where reading the public files differs from the reference, and why: each class of files with its reason."""

from __future__ import annotations

VERDICTS: dict[str, str] = {}
"""File (folder of the manifest and path) to the reason why `resolve` gives another verdict than the reference."""

NOT_TOLD: dict[str, str] = {
    "required-var": "`${X:?}` asks the deployment for a value; without its environment there is nothing to say",
}
"""Class of a refusal that `check` says nothing about, to the reason."""

NOT_JUDGED: dict[str, str] = {
    "yaml-syntax": "broken YAML or a repeated key stops the file",
}
"""Class of a refusal that leaves nothing of the file to judge, to the reason."""
