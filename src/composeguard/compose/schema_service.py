"""The raw schema of services and jobs."""

from __future__ import annotations

from msgspec.structs import replace

from composeguard.compose.schema_container import (
    CONTAINER,
    DEVICE_REQUEST,
    FILE_REFERENCES,
    ULIMITS,
)
from composeguard.compose.shape import (
    BOOL,
    BOOLEAN,
    COMMAND,
    EXTRA_HOSTS,
    FLAG,
    FULL_LINE,
    INT,
    LIST_OR_DICT,
    NAME,
    NULL,
    NUM,
    NUMBER,
    SET,
    STRING,
    TEXT,
    TEXT_OR_SET,
    TEXT_OR_TEXTS,
    TEXTS,
    Shape,
    choice,
    list_of,
    mapping,
    named_by,
)
from composeguard.source.regex import regex

BUILD = mapping(
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
DEPENDENCY = mapping(
    {
        "condition": choice("service_started", "service_healthy", "service_completed_successfully"),
        "required": BOOL,
        "restart": FLAG,
    },
    required=("condition",),
)
HEALTHCHECK = mapping(
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
PORT = mapping(
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
    "depends_on": replace(named_by(DEPENDENCY, NAME), items=TEXT, unique=True),
    "expose": list_of(NUM, unique=True),
    "healthcheck": HEALTHCHECK,
    "ports": list_of(PORT, unique=True),
    "stdin_open": FLAG,
    "tty": FLAG,
}

HOOK = mapping(
    {"command": COMMAND, "environment": LIST_OR_DICT, "privileged": FLAG, "user": TEXT, "working_dir": TEXT},
    required=("command",),
)
WATCH = mapping(
    {
        "action": choice("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
        "exec": HOOK,
        "ignore": TEXT_OR_SET,
        "include": TEXT_OR_SET,
        "initial_sync": BOOL,
        "path": TEXT,
        "target": TEXT,
    },
    required=("path", "action"),
)
UPDATE_CONFIG = mapping(
    {
        "delay": TEXT,
        "failure_action": TEXT,
        "max_failure_ratio": NUM,
        "monitor": TEXT,
        "order": choice("start-first", "stop-first"),
        "parallelism": INT,
    }
)
RESOURCES = mapping(
    {
        "limits": mapping({"cpus": NUM, "memory": TEXT, "pids": INT}),
        "reservations": mapping(
            {
                "cpus": NUM,
                "memory": TEXT,
                "devices": list_of(DEVICE_REQUEST),
                "generic_resources": list_of(
                    mapping({"discrete_resource_spec": mapping({"kind": TEXT, "value": NUM})})
                ),
            }
        ),
    }
)
DEPLOY = mapping(
    {
        "endpoint_mode": TEXT,
        "labels": LIST_OR_DICT,
        "mode": TEXT,
        "placement": mapping(
            {
                "constraints": TEXTS,
                "max_replicas_per_node": INT,
                "preferences": list_of(mapping({"spread": TEXT})),
            }
        ),
        "replicas": INT,
        "resources": RESOURCES,
        "restart_policy": mapping({"condition": TEXT, "delay": TEXT, "max_attempts": INT, "window": TEXT}),
        "rollback_config": UPDATE_CONFIG,
        "update_config": UPDATE_CONFIG,
    },
    scalars=NULL,
)
_OPTION = Shape(STRING | NUMBER | BOOLEAN)
PROVIDER = mapping(
    {
        "options": named_by(replace(_OPTION, items=_OPTION), FULL_LINE, open=True),
        "type": TEXT,
    },
    required=("type",),
)

PRE_START = replace(mapping({**CONTAINER, "per_replica": FLAG}), noun="a pre_start step")
SERVICE = replace(
    mapping(
        {
            **CONTAINER,
            **WORKLOAD,
            "attach": FLAG,
            "container_name": Shape(STRING, pattern=regex(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")),
            "deploy": DEPLOY,
            "develop": mapping({"watch": list_of(WATCH)}, scalars=NULL),
            "extends": mapping(
                {"service": TEXT, "file": TEXT}, required=("service",), extensions=False, scalars=STRING
            ),
            "external_links": SET,
            "links": SET,
            "post_start": list_of(HOOK),
            "pre_start": list_of(PRE_START),
            "pre_stop": list_of(HOOK),
            "profiles": SET,
            "provider": PROVIDER,
            "restart": TEXT,
            "scale": INT,
        }
    ),
    noun="a service",
)
SCHEDULE = mapping(
    {
        "concurrency": choice("forbid", "queue"),
        "cron": TEXT,
        "missed_fires": choice("one", "skip"),
        "timezone": TEXT,
    },
    required=("cron",),
    scalars=STRING,
)
TRIGGERS = replace(mapping({"manual": FLAG, "schedule": list_of(SCHEDULE)}), one_of=("manual", "schedule"))
JOB = replace(
    mapping(
        {
            **CONTAINER,
            **WORKLOAD,
            "profiles": SET,
            "triggers": TRIGGERS,
        },
        required=("triggers",),
    ),
    noun="a job",
)
