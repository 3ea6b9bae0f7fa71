"""What Podman does otherwise than Docker with the keys of a Compose file."""

from __future__ import annotations

_RUN = "https://docs.podman.io/en/latest/markdown/podman-run.1.html"

WITHOUT_EFFECT = {
    "cpu_count": ("only Windows has it", _RUN),
    "cpu_percent": ("only Windows has it", _RUN),
    "credential_spec": ("only Windows has it", _RUN),
    "external_links": ("it has no links; names of a shared network do the same", f"{_RUN}#network-mode-net"),
    "isolation": ("only Windows has it", _RUN),
    "links": ("it has no links; names of a shared network do the same", f"{_RUN}#network-mode-net"),
    "mem_swappiness": ("control groups v2 have no such setting", f"{_RUN}#memory-swappiness-number"),
    "oom_kill_disable": ("control groups v2 have no such setting", f"{_RUN}#oom-kill-disable"),
}
"""Keys that it takes without effect, with the reason and the page of its manual."""

LOG_DRIVERS = frozenset(("journald", "json-file", "k8s-file", "none", "passthrough", "passthrough-tty"))
"""What it can log to: https://docs.podman.io/en/latest/markdown/podman-run.1.html#log-driver-driver."""
