"""Everything that the author of a rule may import. A rule imports this module and the standard library, no more.

The names here are the public interface: they change only with a major version.
"""

from __future__ import annotations

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.directive import Word
from composeguard.engine.failure import RuleFailure
from composeguard.engine.fix import Append, Fix, Operation, Remove, RemoveComment, Rename, Safety, Set
from composeguard.engine.image_options import ImageOptions
from composeguard.engine.limits import FixLimits, limit_fix
from composeguard.engine.options import Options, option
from composeguard.engine.references import cis, compose, cwe, docker, owasp, pss
from composeguard.engine.rule import (
    Example,
    Focus,
    Problem,
    Reference,
    Rule,
    Scope,
    container_rule,
    diagnostic_rule,
    failure_rule,
    reading_rule,
    service_rule,
    suppression_rule,
)
from composeguard.engine.severity import Profile, Severity
from composeguard.engine.suppress import Acceptance, Use
from composeguard.model.admin_interfaces import (
    ADMIN_FLAGS,
    ADMIN_VARIABLES,
    OPEN_INTERFACES,
    TRUE_WORDS,
    AdminVariable,
    OpenInterface,
)
from composeguard.model.agents import Agent, AgentKind, agent_of
from composeguard.model.container import Container
from composeguard.model.hazards import Change, Hazard, KeptPort, Repair, kept_ports, silent_hazards, text_maps
from composeguard.model.host_paths import HostMount, host_mounts, normal_host_path
from composeguard.model.image import ImageName, image_fault, image_name
from composeguard.model.image_fit import departs, is_writable, runs_from_the_start, writes_elsewhere
from composeguard.model.image_origin import images_from_elsewhere
from composeguard.model.image_profile import ImageProfile, image_profile
from composeguard.model.image_users import leaves_root
from composeguard.model.lasting import is_lasting
from composeguard.model.leak import Leak, LeakKind
from composeguard.model.leaks import leaks
from composeguard.model.listed_env_files import ListedEntry, ListedEnvFile, listed_env_files
from composeguard.model.mounts import Mount
from composeguard.model.open_variables import Opening
from composeguard.model.own_checks import checks_itself
from composeguard.model.podman import LOG_DRIVERS, WITHOUT_EFFECT
from composeguard.model.ports import Port, Reach
from composeguard.model.project import Project
from composeguard.model.pulled import moves, pulled, written_tag
from composeguard.model.reading import Place, Reading
from composeguard.model.sensitive_ports import SensitivePort, sensitive_port
from composeguard.model.service import Service, Workload
from composeguard.model.source_node import plain_value, source_node, source_text
from composeguard.model.swarm import is_for_a_swarm
from composeguard.model.whole_number import whole_number
from composeguard.model.yaml_readers import base_60, other_readings
from composeguard.source.node import Node, Path
from composeguard.source.regex import regex

__all__ = [
    "ADMIN_FLAGS",
    "ADMIN_VARIABLES",
    "LOG_DRIVERS",
    "OPEN_INTERFACES",
    "TRUE_WORDS",
    "WITHOUT_EFFECT",
    "Acceptance",
    "AdminVariable",
    "Agent",
    "AgentKind",
    "Append",
    "Change",
    "Container",
    "Diagnostic",
    "Example",
    "Fix",
    "FixLimits",
    "Focus",
    "Hazard",
    "HostMount",
    "ImageName",
    "ImageOptions",
    "ImageProfile",
    "KeptPort",
    "Kind",
    "Leak",
    "LeakKind",
    "ListedEntry",
    "ListedEnvFile",
    "Mount",
    "Node",
    "OpenInterface",
    "Opening",
    "Operation",
    "Options",
    "Path",
    "Place",
    "Port",
    "Problem",
    "Profile",
    "Project",
    "Reach",
    "Reading",
    "Reference",
    "Remove",
    "RemoveComment",
    "Rename",
    "Repair",
    "Rule",
    "RuleFailure",
    "Safety",
    "Scope",
    "SensitivePort",
    "Service",
    "Set",
    "Severity",
    "Unresolved",
    "Use",
    "Word",
    "Workload",
    "agent_of",
    "base_60",
    "checks_itself",
    "cis",
    "compose",
    "container_rule",
    "cwe",
    "departs",
    "diagnostic_rule",
    "docker",
    "failure_rule",
    "host_mounts",
    "image_fault",
    "image_name",
    "image_profile",
    "images_from_elsewhere",
    "is_for_a_swarm",
    "is_lasting",
    "is_writable",
    "kept_ports",
    "leaks",
    "leaves_root",
    "limit_fix",
    "listed_env_files",
    "moves",
    "normal_host_path",
    "option",
    "other_readings",
    "owasp",
    "plain_value",
    "pss",
    "pulled",
    "reading_rule",
    "regex",
    "runs_from_the_start",
    "sensitive_port",
    "service_rule",
    "silent_hazards",
    "source_node",
    "source_text",
    "suppression_rule",
    "text_maps",
    "whole_number",
    "writes_elsewhere",
    "written_tag",
]
