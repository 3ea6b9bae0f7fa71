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
from composeguard.model.container import Container
from composeguard.model.host_paths import HostMount, host_mounts, normal_host_path
from composeguard.model.image import ImageName, image_fault, image_name
from composeguard.model.image_fit import departs, is_writable, runs_from_the_start, writes_elsewhere
from composeguard.model.image_profile import ImageProfile, image_profile
from composeguard.model.mounts import Mount
from composeguard.model.ports import Port, Reach
from composeguard.model.pulled import moves, pulled, written_tag
from composeguard.model.reading import Place, Reading
from composeguard.model.service import Service, Workload
from composeguard.source.node import Node, Path

__all__ = [
    "Acceptance",
    "Append",
    "Container",
    "Diagnostic",
    "Example",
    "Fix",
    "Focus",
    "HostMount",
    "ImageName",
    "ImageOptions",
    "ImageProfile",
    "Kind",
    "Mount",
    "Node",
    "Operation",
    "Options",
    "Path",
    "Place",
    "Port",
    "Problem",
    "Profile",
    "Reach",
    "Reading",
    "Reference",
    "Remove",
    "RemoveComment",
    "Rename",
    "Rule",
    "RuleFailure",
    "Safety",
    "Scope",
    "Service",
    "Set",
    "Severity",
    "Unresolved",
    "Use",
    "Word",
    "Workload",
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
    "is_writable",
    "moves",
    "normal_host_path",
    "option",
    "owasp",
    "pss",
    "pulled",
    "reading_rule",
    "runs_from_the_start",
    "service_rule",
    "suppression_rule",
    "writes_elsewhere",
    "written_tag",
]
