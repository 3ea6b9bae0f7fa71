"""The raw Compose schema: which keys stand where, and what their values may be, before any short form is expanded.

One `Shape` says what may stand at a place. Alternatives of the specification always differ in their kind (text, list,
mapping), so one shape holds them all. The table says what compose-go 2.16 accepts, its gaps included: where
it lets unknown keys through, so does `open`.
"""

from __future__ import annotations

from msgspec.structs import replace

from composeguard.compose.schema_service import (
    JOB,
    SERVICE,
)
from composeguard.compose.shape import (
    BOOLEAN,
    FLAG,
    FULL_LINE,
    INTEGER,
    LIST_OR_DICT,
    NAME,
    NULL,
    OPTIONS,
    STRING,
    TEXT,
    TEXT_OR_SET,
    TEXTS,
    Shape,
    list_of,
    mapping,
    named_by,
)

_EXTERNAL = mapping({"name": TEXT}, scalars=BOOLEAN | STRING)
_LOOSE_EXTERNAL = mapping({"name": TEXT}, scalars=BOOLEAN | STRING, open=True)
_TEXTS_BY_NAME = named_by(TEXT, FULL_LINE)
NETWORK = replace(
    mapping(
        {
            "attachable": FLAG,
            "driver": TEXT,
            "driver_opts": OPTIONS,
            "enable_ipv4": FLAG,
            "enable_ipv6": FLAG,
            "external": _EXTERNAL,
            "internal": FLAG,
            "ipam": mapping(
                {
                    "config": list_of(
                        mapping(
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
    mapping(
        {"driver": TEXT, "driver_opts": OPTIONS, "external": _EXTERNAL, "labels": LIST_OR_DICT, "name": TEXT},
        scalars=NULL,
    ),
    noun="a volume",
)
SECRET = replace(
    mapping(
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
    mapping(
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
    mapping(
        {"context_size": Shape(INTEGER), "model": TEXT, "name": TEXT, "runtime_flags": TEXTS},
        required=("model",),
    ),
    noun="a model",
)
INCLUDE = mapping(
    {"env_file": TEXT_OR_SET, "path": TEXT_OR_SET, "project_directory": TEXT},
    extensions=False,
    scalars=STRING,
)

PROJECT = replace(
    mapping(
        {
            "configs": named_by(CONFIG, NAME),
            "include": list_of(INCLUDE),
            "jobs": named_by(JOB, NAME),
            "models": named_by(MODEL, NAME),
            "name": TEXT,
            "networks": named_by(NETWORK, NAME),
            "secrets": named_by(SECRET, NAME),
            "services": named_by(SERVICE, NAME),
            "version": TEXT,
            "volumes": named_by(VOLUME, NAME),
        }
    ),
    noun="a Compose file",
)
