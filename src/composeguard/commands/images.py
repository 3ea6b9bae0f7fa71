"""The page `docs/images.md`: what is known of which image, and from where."""

from __future__ import annotations

from composeguard.model.image_profile import ImageProfile, shipped_profiles

_HEAD = """\
# Images that are known

A fix that drops all capabilities, or makes the root filesystem read-only, has to know the image. This is what is known,
and the file that shows it. "Safe" names the fixes that the source shows to change nothing, as long as the service does
not replace the start, the program, the user or the place of the data; the others are made with `--unsafe` only.
Rows of your own go under the key `images` of a configuration, with the same fields:

```yaml
images:
  - images: [registry.example.org/team/app]
    source: ["team/app: docker/entrypoint.sh"]
    starts: root
    runs: app
    capabilities: [CHOWN, SETGID, SETUID]
    scratch: [/var/cache/app]
    proven: [cap-drop-all]
```

| Image | Versions | Starts as | Capabilities given back | Written, and may be lost | Data | Safe | Source |
|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The page, from the rows that come with the program."""
    return _HEAD + "".join(_line(row) for row in shipped_profiles())


def _line(row: ImageProfile) -> str:
    cells = (
        _codes(row.images),
        _versions(row),
        f"{row.starts}, then {row.runs}" if row.runs else row.starts,
        ", ".join(row.capabilities),
        _codes(row.scratch),
        _codes((*row.volumes, *row.data)),
        ", ".join(row.proven),
        "; ".join(row.source),
    )
    return f"| {' | '.join(cells)} |\n"


def _versions(row: ImageProfile) -> str:
    if row.since and row.until:
        return f"{row.since} to {row.until}"
    return f"from {row.since}" if row.since else f"to {row.until}" if row.until else "all"


def _codes(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
