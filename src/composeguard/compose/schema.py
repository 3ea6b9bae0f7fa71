"""The raw Compose schema: which keys stand where, and what their values may be, before any short form is expanded.

One `Shape` says what may stand at a place. Alternatives of the specification always differ in their kind (text, list,
mapping), so one shape holds them all. The table says what compose-go 2.16 accepts, its gaps included: where
it lets unknown keys through, so does `open`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

STRING, NUMBER, INTEGER, BOOLEAN, NULL = 1, 2, 4, 8, 16
"""Kinds of scalars; a shape allows a sum of them. A number without fraction is an integer too."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What may stand at a place."""

    scalars: int = 0
    choices: tuple[str, ...] = ()
    """The only texts, if any."""
    pattern: re.Pattern[str] | None = None
    """What a text must hold somewhere."""
    minimum: int | None = None
    maximum: int | None = None
    items: Shape | None = None
    """Of a list; without it, no list may stand here."""
    unique: bool = False
    keys: Mapping[str, Shape] | None = None
    """Of a mapping; without it, no mapping may stand here."""
    names: re.Pattern[str] | None = None
    """What keys chosen by the author look like; their values are `named`."""
    named: Shape | None = None
    open: bool = False
    """Other keys are let through, with any value."""
    extensions: bool = True
    """Keys with `x-` are let through."""
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """At least one of these keys must be there."""
    noun: str = ""
    """What the place is called in messages."""


def _list(items: Shape, *, unique: bool = False) -> Shape:
    return Shape(items=items, unique=unique)


def _mapping(
    keys: Mapping[str, Shape],
    *,
    required: tuple[str, ...] = (),
    extensions: bool = True,
    open: bool = False,  # noqa: A002
    scalars: int = 0,
) -> Shape:
    return Shape(scalars, keys=keys, required=required, extensions=extensions, open=open)


def _named(value: Shape, names: re.Pattern[str], *, open: bool = False) -> Shape:  # noqa: A002
    return Shape(keys={}, names=names, named=value, open=open, extensions=False)


def _or(shape: Shape, scalars: int, choices: tuple[str, ...] = ()) -> Shape:
    return replace(shape, scalars=shape.scalars | scalars, choices=choices)


def _choice(*choices: str) -> Shape:
    return Shape(STRING, choices=choices)


_NAME = re.compile(r"\A[a-zA-Z0-9._-]+\Z")
_ANY_NAME = re.compile(r".")
_FULL_LINE = re.compile(r"\A.+\Z")

ANY = Shape(STRING | NUMBER | INTEGER | BOOLEAN | NULL, keys={}, open=True)
object.__setattr__(ANY, "items", ANY)

TEXT = Shape(STRING)
FLAG = Shape(BOOLEAN | STRING)
BOOL = Shape(BOOLEAN)
NUM = Shape(NUMBER | STRING)
INT = Shape(INTEGER | STRING)
TEXTS = _list(TEXT)
SET = _list(TEXT, unique=True)
TEXT_OR_SET = _or(SET, STRING)
COMMAND = _or(TEXTS, STRING | NULL)
TEXT_OR_TEXTS = _or(TEXTS, STRING)
LIST_OR_DICT = replace(_named(Shape(STRING | NUMBER | BOOLEAN | NULL), _ANY_NAME), items=TEXT, unique=True)
OPTIONS = _named(Shape(STRING | NUMBER), _FULL_LINE, open=True)
EXTRA_HOSTS = replace(_named(TEXT_OR_TEXTS, _ANY_NAME), items=TEXT, unique=True)

BLKIO_LIMIT = _mapping({"path": TEXT, "rate": INT}, extensions=False)
BLKIO_WEIGHT = _mapping({"path": TEXT, "weight": INT}, extensions=False)
BLKIO = _mapping(
    {
        "device_read_bps": _list(BLKIO_LIMIT),
        "device_read_iops": _list(BLKIO_LIMIT),
        "device_write_bps": _list(BLKIO_LIMIT),
        "device_write_iops": _list(BLKIO_LIMIT),
        "weight": INT,
        "weight_device": _list(BLKIO_WEIGHT),
    },
    extensions=False,
)
DEVICE = _mapping({"source": TEXT, "target": TEXT, "permissions": TEXT}, required=("source",))
_REQUEST = {"capabilities": SET, "count": INT, "device_ids": SET, "driver": TEXT, "options": LIST_OR_DICT}
DEVICE_REQUEST = _mapping(_REQUEST, required=("capabilities",))
GPUS = _or(_list(_mapping(_REQUEST, open=True)), STRING, ("all",))
FILE_REFERENCES = _list(_or(_mapping({"source": TEXT, "target": TEXT, "uid": TEXT, "gid": TEXT, "mode": NUM}), STRING))
ENV_FILE = _mapping({"path": TEXT, "format": TEXT, "required": FLAG}, required=("path",), extensions=False)
ULIMITS = _named(
    _or(_mapping({"hard": INT, "soft": INT}, required=("soft", "hard")), INTEGER | STRING),
    re.compile(r"\A[a-z]+\Z"),
    open=True,
)
NETWORK_ATTACHMENT = _mapping(
    {
        "aliases": SET,
        "interface_name": TEXT,
        "ipv4_address": TEXT,
        "ipv6_address": TEXT,
        "link_local_ips": SET,
        "mac_address": TEXT,
        "driver_opts": OPTIONS,
        "priority": Shape(NUMBER),
        "gw_priority": Shape(NUMBER),
        "use_service_name_alias": FLAG,
    },
    scalars=NULL,
)
MODEL_REFERENCE = _mapping({"endpoint_var": TEXT, "model_var": TEXT}, scalars=NULL)
MOUNT = _mapping(
    {
        "type": _choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
        "source": TEXT,
        "target": TEXT,
        "read_only": FLAG,
        "consistency": TEXT,
        "bind": _mapping(
            {
                "propagation": TEXT,
                "create_host_path": FLAG,
                "recursive": _choice("enabled", "disabled", "writable", "readonly"),
                "selinux": _choice("z", "Z"),
            }
        ),
        "volume": _mapping({"labels": LIST_OR_DICT, "nocopy": FLAG, "subpath": TEXT}),
        "tmpfs": _mapping({"size": Shape(INTEGER | STRING, minimum=0), "mode": NUM}),
        "image": _mapping({"subpath": TEXT}),
    },
    required=("type",),
)
LOGGING = _mapping({"driver": TEXT, "options": _named(Shape(STRING | NUMBER | NULL), _FULL_LINE, open=True)})

CONTAINER: dict[str, Shape] = {
    "annotations": LIST_OR_DICT,
    "blkio_config": BLKIO,
    "cap_add": SET,
    "cap_drop": SET,
    "cgroup": _choice("host", "private"),
    "cgroup_parent": TEXT,
    "command": COMMAND,
    "configs": FILE_REFERENCES,
    "cpu_count": Shape(INTEGER | STRING, minimum=0),
    "cpu_percent": Shape(INTEGER | STRING, minimum=0, maximum=100),
    "cpu_period": NUM,
    "cpu_quota": NUM,
    "cpu_rt_period": NUM,
    "cpu_rt_runtime": NUM,
    "cpu_shares": NUM,
    "cpus": NUM,
    "cpuset": TEXT,
    "credential_spec": _mapping({"config": TEXT, "file": TEXT, "registry": TEXT}),
    "device_cgroup_rules": SET,
    "devices": _list(_or(DEVICE, STRING)),
    "dns": TEXT_OR_SET,
    "dns_opt": SET,
    "dns_search": TEXT_OR_SET,
    "domainname": TEXT,
    "entrypoint": COMMAND,
    "env_file": _or(_list(_or(ENV_FILE, STRING)), STRING),
    "environment": LIST_OR_DICT,
    "extra_hosts": EXTRA_HOSTS,
    "gpus": GPUS,
    "group_add": _list(NUM, unique=True),
    "hostname": TEXT,
    "image": TEXT,
    "init": FLAG,
    "ipc": TEXT,
    "isolation": TEXT,
    "label_file": TEXT_OR_TEXTS,
    "labels": LIST_OR_DICT,
    "logging": LOGGING,
    "mac_address": TEXT,
    "mem_limit": NUM,
    "mem_reservation": INT,
    "mem_swappiness": INT,
    "memswap_limit": NUM,
    "models": replace(_named(MODEL_REFERENCE, _NAME, open=True), items=TEXT, unique=True),
    "network_mode": TEXT,
    "networks": replace(_named(NETWORK_ATTACHMENT, _NAME), items=TEXT, unique=True),
    "oom_kill_disable": FLAG,
    "oom_score_adj": Shape(INTEGER | STRING, minimum=-1000, maximum=1000),
    "pid": Shape(STRING | NULL),
    "pids_limit": NUM,
    "platform": TEXT,
    "privileged": FLAG,
    "pull_policy": Shape(
        STRING,
        pattern=re.compile(
            r"\A(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)\Z"
        ),
    ),
    "pull_refresh_after": TEXT,
    "read_only": FLAG,
    "runtime": TEXT,
    "secrets": FILE_REFERENCES,
    "security_opt": SET,
    "shm_size": NUM,
    "stop_grace_period": TEXT,
    "stop_signal": TEXT,
    "storage_opt": Shape(keys={}, open=True),
    "sysctls": LIST_OR_DICT,
    "tmpfs": TEXT_OR_SET,
    "ulimits": ULIMITS,
    "umask": Shape(INTEGER | STRING | NULL, minimum=0, maximum=2**32 - 1),
    "use_api_socket": BOOL,
    "user": TEXT,
    "userns_mode": TEXT,
    "uts": TEXT,
    "volumes": _list(_or(MOUNT, STRING), unique=True),
    "volumes_from": SET,
    "working_dir": TEXT,
}

BUILD = _mapping(
    {
        "additional_contexts": LIST_OR_DICT,
        "args": LIST_OR_DICT,
        "cache_from": TEXTS,
        "cache_to": TEXTS,
        "context": TEXT,
        "dockerfile": TEXT,
        "dockerfile_inline": TEXT,
        "entitlements": TEXTS,
        "extra_hosts": EXTRA_HOSTS,
        "isolation": TEXT,
        "labels": LIST_OR_DICT,
        "network": TEXT,
        "no_cache": FLAG,
        "no_cache_filter": TEXT_OR_SET,
        "platforms": TEXTS,
        "privileged": FLAG,
        "provenance": FLAG,
        "pull": FLAG,
        "sbom": FLAG,
        "secrets": FILE_REFERENCES,
        "shm_size": INT,
        "ssh": LIST_OR_DICT,
        "tags": TEXTS,
        "target": TEXT,
        "ulimits": ULIMITS,
    },
    scalars=STRING,
)
DEPENDENCY = _mapping(
    {
        "condition": _choice("service_started", "service_healthy", "service_completed_successfully"),
        "required": BOOL,
        "restart": FLAG,
    },
    required=("condition",),
)
HEALTHCHECK = _mapping(
    {
        "disable": FLAG,
        "interval": TEXT,
        "retries": NUM,
        "start_interval": TEXT,
        "start_period": TEXT,
        "test": TEXT_OR_TEXTS,
        "timeout": TEXT,
    }
)
PORT = _mapping(
    {
        "app_protocol": TEXT,
        "host_ip": TEXT,
        "mode": TEXT,
        "name": TEXT,
        "protocol": TEXT,
        "published": INT,
        "target": INT,
    },
    scalars=NUMBER | STRING,
)
WORKLOAD: dict[str, Shape] = {
    "build": BUILD,
    "depends_on": replace(_named(DEPENDENCY, _NAME), items=TEXT, unique=True),
    "expose": _list(NUM, unique=True),
    "healthcheck": HEALTHCHECK,
    "ports": _list(PORT, unique=True),
    "stdin_open": FLAG,
    "tty": FLAG,
}

HOOK = _mapping(
    {"command": COMMAND, "environment": LIST_OR_DICT, "privileged": FLAG, "user": TEXT, "working_dir": TEXT},
    required=("command",),
)
WATCH = _mapping(
    {
        "action": _choice("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
        "exec": HOOK,
        "ignore": TEXT_OR_SET,
        "include": TEXT_OR_SET,
        "initial_sync": BOOL,
        "path": TEXT,
        "target": TEXT,
    },
    required=("path", "action"),
)
UPDATE_CONFIG = _mapping(
    {
        "delay": TEXT,
        "failure_action": TEXT,
        "max_failure_ratio": NUM,
        "monitor": TEXT,
        "order": _choice("start-first", "stop-first"),
        "parallelism": INT,
    }
)
RESOURCES = _mapping(
    {
        "limits": _mapping({"cpus": NUM, "memory": TEXT, "pids": INT}),
        "reservations": _mapping(
            {
                "cpus": NUM,
                "memory": TEXT,
                "devices": _list(DEVICE_REQUEST),
                "generic_resources": _list(
                    _mapping({"discrete_resource_spec": _mapping({"kind": TEXT, "value": NUM})})
                ),
            }
        ),
    }
)
DEPLOY = _mapping(
    {
        "endpoint_mode": TEXT,
        "labels": LIST_OR_DICT,
        "mode": TEXT,
        "placement": _mapping(
            {
                "constraints": TEXTS,
                "max_replicas_per_node": INT,
                "preferences": _list(_mapping({"spread": TEXT})),
            }
        ),
        "replicas": INT,
        "resources": RESOURCES,
        "restart_policy": _mapping({"condition": TEXT, "delay": TEXT, "max_attempts": INT, "window": TEXT}),
        "rollback_config": UPDATE_CONFIG,
        "update_config": UPDATE_CONFIG,
    },
    scalars=NULL,
)
_OPTION = Shape(STRING | NUMBER | BOOLEAN)
PROVIDER = _mapping(
    {
        "options": _named(replace(_OPTION, items=_OPTION), _FULL_LINE, open=True),
        "type": TEXT,
    },
    required=("type",),
)

PRE_START = replace(_mapping({**CONTAINER, "per_replica": FLAG}), noun="a pre_start step")
SERVICE = replace(
    _mapping(
        {
            **CONTAINER,
            **WORKLOAD,
            "attach": FLAG,
            "container_name": Shape(STRING, pattern=re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")),
            "deploy": DEPLOY,
            "develop": _mapping({"watch": _list(WATCH)}, scalars=NULL),
            "extends": _mapping(
                {"service": TEXT, "file": TEXT}, required=("service",), extensions=False, scalars=STRING
            ),
            "external_links": SET,
            "links": SET,
            "post_start": _list(HOOK),
            "pre_start": _list(PRE_START),
            "pre_stop": _list(HOOK),
            "profiles": SET,
            "provider": PROVIDER,
            "restart": TEXT,
            "scale": INT,
        }
    ),
    noun="a service",
)
SCHEDULE = _mapping(
    {
        "concurrency": _choice("forbid", "queue"),
        "cron": TEXT,
        "missed_fires": _choice("one", "skip"),
        "timezone": TEXT,
    },
    required=("cron",),
    scalars=STRING,
)
JOB = replace(
    _mapping(
        {
            **CONTAINER,
            **WORKLOAD,
            "profiles": SET,
            "triggers": replace(_mapping({"manual": FLAG, "schedule": _list(SCHEDULE)}), one_of=("manual", "schedule")),
        },
        required=("triggers",),
    ),
    noun="a job",
)

_EXTERNAL = _mapping({"name": TEXT}, scalars=BOOLEAN | STRING)
_LOOSE_EXTERNAL = _mapping({"name": TEXT}, scalars=BOOLEAN | STRING, open=True)
_TEXTS_BY_NAME = _named(TEXT, _FULL_LINE)
NETWORK = replace(
    _mapping(
        {
            "attachable": FLAG,
            "driver": TEXT,
            "driver_opts": OPTIONS,
            "enable_ipv4": FLAG,
            "enable_ipv6": FLAG,
            "external": _EXTERNAL,
            "internal": FLAG,
            "ipam": _mapping(
                {
                    "config": _list(
                        _mapping(
                            {
                                "aux_addresses": _TEXTS_BY_NAME,
                                "gateway": TEXT,
                                "ip_range": TEXT,
                                "subnet": TEXT,
                            }
                        )
                    ),
                    "driver": TEXT,
                    "options": _TEXTS_BY_NAME,
                }
            ),
            "labels": LIST_OR_DICT,
            "name": TEXT,
        },
        scalars=NULL,
    ),
    noun="a network",
)
VOLUME = replace(
    _mapping(
        {"driver": TEXT, "driver_opts": OPTIONS, "external": _EXTERNAL, "labels": LIST_OR_DICT, "name": TEXT},
        scalars=NULL,
    ),
    noun="a volume",
)
SECRET = replace(
    _mapping(
        {
            "driver": TEXT,
            "driver_opts": OPTIONS,
            "environment": TEXT,
            "external": _LOOSE_EXTERNAL,
            "file": TEXT,
            "labels": LIST_OR_DICT,
            "name": TEXT,
            "template_driver": TEXT,
        }
    ),
    noun="a secret",
)
CONFIG = replace(
    _mapping(
        {
            "content": TEXT,
            "environment": TEXT,
            "external": _LOOSE_EXTERNAL,
            "file": TEXT,
            "labels": LIST_OR_DICT,
            "name": TEXT,
            "template_driver": TEXT,
        }
    ),
    noun="a config",
)
MODEL = replace(
    _mapping(
        {"context_size": Shape(INTEGER), "model": TEXT, "name": TEXT, "runtime_flags": TEXTS},
        required=("model",),
    ),
    noun="a model",
)
INCLUDE = _mapping(
    {"env_file": TEXT_OR_SET, "path": TEXT_OR_SET, "project_directory": TEXT},
    extensions=False,
    scalars=STRING,
)

PROJECT = replace(
    _mapping(
        {
            "configs": _named(CONFIG, _NAME),
            "include": _list(INCLUDE),
            "jobs": _named(JOB, _NAME),
            "models": _named(MODEL, _NAME),
            "name": TEXT,
            "networks": _named(NETWORK, _NAME),
            "secrets": _named(SECRET, _NAME),
            "services": _named(SERVICE, _NAME),
            "version": TEXT,
            "volumes": _named(VOLUME, _NAME),
        }
    ),
    noun="a Compose file",
)
