"""The long forms of ports and volumes that are written as nearly all are: straight from the text to nodes.

A project has many of them, so this is written for speed. What is no `str` of a usual form is for `canonical_items`.
"""

from __future__ import annotations

from composeguard.compose.short_port import common_port
from composeguard.compose.short_volume import common_volume
from composeguard.source.node import Node


def usual_port(item: Node, text: str) -> Node | None:
    """The mapping that a text of `ports` stands for; None where the text is none of the usual ones."""
    common = common_port(text)
    if common is None:
        return None
    host_ip, target, published, protocol = common
    file, start, end, style = item.file, item.start, item.end, item.style
    fields = {"mode": Node("ingress", file, start, end, -1, -1, style)}
    if host_ip is not None:
        fields["host_ip"] = Node(host_ip, file, start, end, -1, -1, style)
    fields["target"] = Node(target, file, start, end, -1, -1, style)
    if published is not None:
        fields["published"] = Node(published, file, start, end, -1, -1, style)
    fields["protocol"] = Node(protocol, file, start, end, -1, -1, style)
    return item.with_value(fields)


def usual_mount(item: Node, text: str) -> Node | None:
    """The mapping that a text of `volumes` stands for; None where the text is none of the usual ones."""
    common = common_volume(text)
    if common is None:
        return None
    source, is_path, target, read_only = common
    file, start, end, style = item.file, item.start, item.end, item.style
    fields = {
        "type": Node("bind" if is_path else "volume", file, start, end, -1, -1, style),
        "source": Node(source, file, start, end, -1, -1, style),
        "target": Node(target, file, start, end, -1, -1, style),
    }
    if read_only:
        fields["read_only"] = Node(True, file, start, end, -1, -1, style)
    if is_path:
        created = Node(True, file, start, end, -1, -1, style)
        fields["bind"] = Node({"create_host_path": created}, file, start, end, -1, -1, style)
    else:
        fields["volume"] = Node({}, file, start, end, -1, -1, style)
    return item.with_value(fields)
