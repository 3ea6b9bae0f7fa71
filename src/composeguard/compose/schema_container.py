"""The raw schema of what services, jobs and `pre_start` steps share."""

from __future__ import annotations

from msgspec.structs import replace

from composeguard.compose.shape import (
    BOOL,
    COMMAND,
    EXTRA_HOSTS,
    FLAG,
    FULL_LINE,
    INT,
    INTEGER,
    LIST_OR_DICT,
    NAME,
    NULL,
    NUM,
    NUMBER,
    OPTIONS,
    SET,
    STRING,
    TEXT,
    TEXT_OR_SET,
    TEXT_OR_TEXTS,
    Shape,
    choice,
    either,
    list_of,
    mapping,
    named_by,
)
from composeguard.source.regex import regex

BLKIO_LIMIT = mapping({"path": TEXT, "rate": INT}, extensions=False)
BLKIO_WEIGHT = mapping({"path": TEXT, "weight": INT}, extensions=False)
BLKIO = mapping(
    {
        "device_read_bps": list_of(BLKIO_LIMIT),
        "device_read_iops": list_of(BLKIO_LIMIT),
        "device_write_bps": list_of(BLKIO_LIMIT),
        "device_write_iops": list_of(BLKIO_LIMIT),
        "weight": INT,
        "weight_device": list_of(BLKIO_WEIGHT),
    },
    extensions=False,
)
DEVICE = mapping({"source": TEXT, "target": TEXT, "permissions": TEXT}, required=("source",))
_REQUEST = {"capabilities": SET, "count": INT, "device_ids": SET, "driver": TEXT, "options": LIST_OR_DICT}
DEVICE_REQUEST = mapping(_REQUEST, required=("capabilities",))
GPUS = either(list_of(mapping(_REQUEST, open=True)), STRING, ("all",))
FILE_REFERENCES = list_of(
    either(mapping({"source": TEXT, "target": TEXT, "uid": TEXT, "gid": TEXT, "mode": NUM}), STRING)
)
ENV_FILE = mapping({"path": TEXT, "format": TEXT, "required": FLAG}, required=("path",), extensions=False)
ULIMITS = named_by(
    either(mapping({"hard": INT, "soft": INT}, required=("soft", "hard")), INTEGER | STRING),
    regex(r"\A[a-z]+\Z"),
    open=True,
)
NETWORK_ATTACHMENT = mapping(
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
MODEL_REFERENCE = mapping({"endpoint_var": TEXT, "model_var": TEXT}, scalars=NULL)
MOUNT = mapping(
    {
        "type": choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
        "source": TEXT,
        "target": TEXT,
        "read_only": FLAG,
        "consistency": TEXT,
        "bind": mapping(
            {
                "propagation": TEXT,
                "create_host_path": FLAG,
                "recursive": choice("enabled", "disabled", "writable", "readonly"),
                "selinux": choice("z", "Z"),
            }
        ),
        "volume": mapping({"labels": LIST_OR_DICT, "nocopy": FLAG, "subpath": TEXT}),
        "tmpfs": mapping({"size": Shape(INTEGER | STRING, minimum=0), "mode": NUM}),
        "image": mapping({"subpath": TEXT}),
    },
    required=("type",),
)
LOGGING = mapping({"driver": TEXT, "options": named_by(Shape(STRING | NUMBER | NULL), FULL_LINE, open=True)})

CONTAINER: dict[str, Shape] = {
    "annotations": LIST_OR_DICT,
    "blkio_config": BLKIO,
    "cap_add": SET,
    "cap_drop": SET,
    "cgroup": choice("host", "private"),
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
    "credential_spec": mapping({"config": TEXT, "file": TEXT, "registry": TEXT}),
    "device_cgroup_rules": SET,
    "devices": list_of(either(DEVICE, STRING)),
    "dns": TEXT_OR_SET,
    "dns_opt": SET,
    "dns_search": TEXT_OR_SET,
    "domainname": TEXT,
    "entrypoint": COMMAND,
    "env_file": either(list_of(either(ENV_FILE, STRING)), STRING),
    "environment": LIST_OR_DICT,
    "extra_hosts": EXTRA_HOSTS,
    "gpus": GPUS,
    "group_add": list_of(NUM, unique=True),
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
    "models": replace(named_by(MODEL_REFERENCE, NAME, open=True), items=TEXT, unique=True),
    "network_mode": TEXT,
    "networks": replace(named_by(NETWORK_ATTACHMENT, NAME), items=TEXT, unique=True),
    "oom_kill_disable": FLAG,
    "oom_score_adj": Shape(INTEGER | STRING, minimum=-1000, maximum=1000),
    "pid": Shape(STRING | NULL),
    "pids_limit": NUM,
    "platform": TEXT,
    "privileged": FLAG,
    "pull_policy": Shape(
        STRING,
        pattern=regex(r"\A(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)\Z"),
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
    "volumes": list_of(either(MOUNT, STRING), unique=True),
    "volumes_from": SET,
    "working_dir": TEXT,
}
