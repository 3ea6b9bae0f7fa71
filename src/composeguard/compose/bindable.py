"""The forms that the reference gives to values only when it binds them, after all files are merged.

Lists of pairs become mappings, command strings become words, and what stands where a text belongs becomes one.
"""

from __future__ import annotations

from composeguard.compose import short
from composeguard.compose.canonical import Step, each, steps, text_list
from composeguard.compose.canonical_items import (
    Report,
    entries,
    pairs_to_mapping,
    place,
    say,
    singleton,
    to_text,
)
from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Kind
from composeguard.compose.shellwords import ShellwordsError
from composeguard.compose.shellwords import split as split_words
from composeguard.compose.short import ShortSyntaxError
from composeguard.compose.unresolved import Text, Unresolved
from composeguard.source.node import Node, Path
from composeguard.source.scalars import go_text


def bindable(root: Node, report: Report) -> Node:
    """The last form of a canonical tree, of which each value is what a model holds or a scalar that it parses.

    What the reference cannot bind is reported (SCHEMA, refused) and left out.
    """
    bound = _PROJECT(root, (), report)
    return root if bound is None else bound


def _variables(node: Node, path: Path, report: Report) -> Node:
    """`environment` and build arguments: a mapping to texts, or to null where a value is missing."""
    return _as_texts(pairs_to_mapping(node, path, report, short.parse_environment_item), path, report, to_text)


def _pairs(node: Node, path: Path, report: Report) -> Node:
    """Labels and the like: a mapping to texts, where a missing value is ""."""
    return _as_texts(pairs_to_mapping(node, path, report, short.parse_pair), path, report, _empty_text)


def _options(node: Node, path: Path, report: Report) -> Node:
    """Options of a driver: a mapping to texts."""
    return _as_texts(node, path, report, _empty_text)


_TEXTS = frozenset((str, Unresolved))


def _as_texts(node: Node, path: Path, report: Report, step: Step) -> Node:
    """A mapping whose values a step makes texts, which nearly all of them are already."""
    value = node.value
    if isinstance(value, dict) and {type(child.value) for child in value.values()} <= _TEXTS:
        return node
    return entries(node, path, report, step)


def _empty_text(node: Node, path: Path, report: Report) -> Node:
    return node.with_value("") if node.value is None else to_text(node, path, report)


def _whole_text(node: Node, path: Path, report: Report) -> Node:
    """Where a text belongs, a whole number is let through, and nothing else."""
    return to_text(node, path, report) if type(node.value) is int else node


def _stored(node: Node, path: Path, report: Report) -> Node:
    return node.with_value("") if node.value is None else _whole_text(node, path, report)


def _words(node: Node, path: Path, report: Report) -> Node | None:
    """A command: its words. What follows an operator is gone, as it is for the reference."""
    text = node.value
    if not isinstance(text, (str, Unresolved)):
        return node
    try:
        words = split_words(text).words
    except ShellwordsError as error:
        say(report, node, path, f"{place(path)}: {error}")
        return None
    return node.with_value([singleton(node, word) for word in words])


def _test(node: Node, path: Path, report: Report) -> Node:
    text = node.value
    if not isinstance(text, (str, Unresolved)):
        return node
    return node.with_value([singleton(node, word) for word in short.parse_healthcheck_test(text)])


def _hosts(node: Node, path: Path, report: Report) -> Node:
    """`extra_hosts`: each name with the list of its addresses."""
    items = node.value
    if isinstance(items, dict):
        return _hosts_by_name(node, items, path, report)
    if not isinstance(items, list):
        return node
    mapping: dict[str, Node] = {}
    for index, item in enumerate(items):
        text = item.value
        if isinstance(text, (dict, list)):
            continue
        try:
            host = short.parse_extra_host(text if isinstance(text, (str, Unresolved)) else go_text(text))
        except ShortSyntaxError as error:
            say(report, item, (*path, index), f"{place(path)}: {error}")
            continue
        addresses = [singleton(item, address) for address in host.addresses]
        earlier = mapping.get(str(host.name))
        if earlier is not None and isinstance(earlier.value, list):
            addresses = [*earlier.value, *addresses]
        mapping[str(host.name)] = item.with_value(addresses)
    return node.with_value(mapping)


def _hosts_by_name(node: Node, hosts: dict[str, Node], path: Path, report: Report) -> Node:
    mapping: dict[str, Node] = {}
    for name, child in hosts.items():
        if not name or ":" in name or "=" in name:
            say(report, child, (*path, name), f"{place(path)}: a host name is empty or holds a separator")
            continue
        items = child.value if isinstance(child.value, list) else [singleton(child, _scalar(child))]
        mapping[name] = child.with_value([_without_brackets(item) for item in items])
    return node.with_value(mapping)


def _scalar(node: Node) -> Text:
    value = node.value
    if isinstance(value, Unresolved):
        return value
    return "" if isinstance(value, (dict, list)) else go_text(value)


def _without_brackets(node: Node) -> Node:
    value = node.value
    if isinstance(value, str) and len(value) > 2 and value[0] == "[" and value[-1] == "]":
        return node.with_value(value[1:-1])
    return node


def _provider_option(node: Node, path: Path, report: Report) -> Node | None:
    """A provider's option can be given many times: always a list, and none at all where that is empty."""
    if isinstance(node.value, list):
        if not node.value:
            return None
        return each(to_text)(node, path, report) or node
    if isinstance(node.value, dict):
        return node
    return node.with_value([singleton(node, _scalar(node))])


def _known_request(node: Node, path: Path, report: Report) -> Node:
    """An item of `gpus`: the schema of the reference lets other keys through, and binding drops them."""
    value = node.value
    if not isinstance(value, dict) or value.keys() <= _REQUEST_KEYS:
        return node
    for key, entry in value.items():
        if key not in _REQUEST_KEYS:
            message = f'"{key}" is not a key of {place(path)} and does nothing'
            report(diagnose(Kind.SCHEMA, message, entry, (*path, key), refused=False))
    return node.with_value({key: entry for key, entry in value.items() if key in _REQUEST_KEYS})


def _gpus(node: Node, path: Path, report: Report) -> Node:
    return each(_known_request)(_REQUESTS(node, path, report) or node, path, report) or node


_REQUEST_KEYS = frozenset({"capabilities", "count", "device_ids", "driver", "options"})
_REQUESTS = each(steps({"options": _pairs}))
_HOOK = steps({"command": _words, "environment": _variables})
_CONTAINER: dict[str, Step] = {
    "annotations": _pairs,
    "command": _words,
    "dns": text_list,
    "dns_search": text_list,
    "entrypoint": _words,
    "environment": _variables,
    "extra_hosts": _hosts,
    "gpus": _gpus,
    "group_add": each(_whole_text),
    "labels": _pairs,
    "logging": steps({"options": _options}),
    "networks": each(steps({"driver_opts": _options})),
    "storage_opt": each(_stored),
    "sysctls": _pairs,
    "tmpfs": text_list,
    "volumes": each(steps({"volume": steps({"labels": _pairs})})),
}
_WORKLOAD: dict[str, Step] = {
    **_CONTAINER,
    "build": steps(
        {
            "additional_contexts": _options,
            "args": _variables,
            "extra_hosts": _hosts,
            "labels": _pairs,
            "no_cache_filter": text_list,
            "ssh": each(_empty_text),
        }
    ),
    "expose": each(to_text),
    "healthcheck": steps({"test": _test}),
    "ports": each(steps({"published": _whole_text})),
}
_SERVICE: dict[str, Step] = {
    **_WORKLOAD,
    "deploy": steps({"labels": _pairs, "resources": steps({"reservations": steps({"devices": _REQUESTS})})}),
    "develop": steps({"watch": each(steps({"exec": _HOOK}))}),
    "post_start": each(_HOOK),
    "pre_start": each(steps(_CONTAINER)),
    "pre_stop": each(_HOOK),
    "provider": steps({"options": each(_provider_option)}),
}
_RESOURCE: dict[str, Step] = {"driver_opts": _options, "labels": _pairs}
_PROJECT = steps(
    {
        "services": each(steps(_SERVICE)),
        "jobs": each(steps(_WORKLOAD)),
        "networks": each(
            steps(
                {
                    **_RESOURCE,
                    "ipam": steps(
                        {
                            "config": each(steps({"aux_addresses": _options})),
                            "options": _options,
                        }
                    ),
                }
            )
        ),
        "volumes": each(steps(_RESOURCE)),
        "secrets": each(steps({"driver_opts": each(_whole_text), "labels": _pairs})),
        "configs": each(steps({"labels": _pairs})),
    }
)
