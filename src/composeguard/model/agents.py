"""Monitoring agents: the images that are one, the host's paths that its manual has it read, and what it is for."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from composeguard.compose.unresolved import Unresolved
from composeguard.model.image import image_name

_PROC_SYS = ("/proc", "/sys")
_LOGS = ("/var/log", "/var/lib/docker/containers", "/run/log/journal", "/etc/machine-id")
_HOST = ("/", *_PROC_SYS, "/etc", "/var/lib/docker", "/var/log", "/run/udev", "/run/utmp")


class AgentKind(Enum):
    """What becomes of what an agent finds out."""

    SCRAPED = "scraped"  # it waits until a scraper asks
    PUSHES = "pushes"  # it sends, or shows by itself


class Agent(Struct, frozen=True):
    """An agent. `images` are the last part of an image's name, or the last two with a `/` between.

    `reads` are the paths of the host that the manual mounts, all of them read-only; "/" stands for itself alone.
    """

    name: str
    images: tuple[str, ...]
    reads: tuple[str, ...]
    kind: AgentKind
    source: str
    keeps_place: bool = False
    """It may be told to write, beside the logs that it reads, how far it came."""

    def needs(self, path: str) -> bool:
        """Whether the manual has the agent read this path of the host, or one around it."""
        return "/" in self.reads or self.names(path)

    def names(self, path: str) -> bool:
        """Whether the manual names this path, or a folder above it that is not the whole host."""
        return any(path == read or (read != "/" and path.startswith(f"{read}/")) for read in self.reads)


AGENTS = (
    Agent(
        "cAdvisor",
        ("cadvisor",),
        ("/", "/run", "/sys", "/var/lib/docker", "/var/lib/containers", "/dev/disk", "/etc/machine-id"),
        AgentKind.SCRAPED,
        "https://github.com/google/cadvisor#quick-start-running-cadvisor-in-a-docker-container",
    ),
    Agent(
        "Node Exporter",
        ("node-exporter", "node_exporter"),
        ("/", *_PROC_SYS, "/etc/hostname", "/etc/os-release", "/run/udev", "/run/dbus"),
        AgentKind.SCRAPED,
        "https://github.com/prometheus/node_exporter#docker",
    ),
    Agent(
        "process-exporter",
        ("process-exporter",),
        ("/proc",),
        AgentKind.SCRAPED,
        "https://github.com/ncabatoff/process-exporter#docker",
    ),
    Agent(
        "Promtail",
        ("promtail",),
        _LOGS,
        AgentKind.PUSHES,
        "https://grafana.com/docs/loki/latest/send-data/promtail/installation/",
        keeps_place=True,
    ),
    Agent(
        "Grafana Alloy",
        ("alloy",),
        (*_LOGS, *_HOST, "/run", "/dev/disk"),
        AgentKind.PUSHES,
        "https://grafana.com/docs/alloy/latest/reference/components/prometheus/prometheus.exporter.unix/",
    ),
    Agent(
        "Grafana Agent",
        ("grafana/agent",),
        (*_LOGS, *_HOST),
        AgentKind.PUSHES,
        "https://grafana.com/docs/agent/latest/static/configuration/integrations/node-exporter-config/",
    ),
    Agent(
        "Telegraf",
        ("telegraf",),
        _HOST,
        AgentKind.PUSHES,
        "https://github.com/influxdata/telegraf/blob/master/docs/FAQ.md",
    ),
    Agent(
        "the Datadog agent",
        ("datadog/agent", "datadog/docker-dd-agent"),
        ("/proc", "/sys/fs/cgroup", "/etc/passwd", "/etc/os-release", "/var/lib/docker/containers", "/var/log"),
        AgentKind.PUSHES,
        "https://docs.datadoghq.com/containers/docker/",
    ),
    Agent(
        "Netdata",
        ("netdata",),
        ("/", *_PROC_SYS, "/etc/passwd", "/etc/group", "/etc/os-release", "/var/log", "/run/dbus", "/etc/localtime"),
        AgentKind.PUSHES,
        "https://learn.netdata.cloud/docs/netdata-agent/installation/docker",
    ),
    Agent(
        "Glances",
        ("glances",),
        ("/", "/etc/os-release", *_PROC_SYS),
        AgentKind.PUSHES,
        "https://glances.readthedocs.io/en/latest/docker.html",
    ),
    Agent(
        "Metricbeat",
        ("metricbeat",),
        ("/", "/proc", "/sys/fs/cgroup", "/sys", "/run/dbus"),
        AgentKind.PUSHES,
        "https://www.elastic.co/guide/en/beats/metricbeat/current/running-on-docker.html",
    ),
    Agent(
        "Filebeat",
        ("filebeat",),
        _LOGS,
        AgentKind.PUSHES,
        "https://www.elastic.co/guide/en/beats/filebeat/current/running-on-docker.html",
    ),
    Agent(
        "Auditbeat",
        ("auditbeat",),
        ("/bin", "/etc", "/sbin", "/usr/bin", "/usr/sbin", "/etc/passwd", "/var/log"),
        AgentKind.PUSHES,
        "https://www.elastic.co/guide/en/beats/auditbeat/current/running-on-docker.html",
    ),
    Agent(
        "Elastic Agent",
        ("elastic-agent",),
        ("/", *_PROC_SYS, "/etc", *_LOGS),
        AgentKind.PUSHES,
        "https://www.elastic.co/guide/en/fleet/current/elastic-agent-container.html",
    ),
    Agent(
        "Fluent Bit",
        ("fluent-bit",),
        _LOGS,
        AgentKind.PUSHES,
        "https://docs.fluentbit.io/manual/pipeline/inputs/tail",
        keeps_place=True,
    ),
    Agent(
        "Fluentd",
        ("fluentd",),
        _LOGS,
        AgentKind.PUSHES,
        "https://docs.fluentd.org/input/tail",
        keeps_place=True,
    ),
    Agent(
        "Vector",
        ("timberio/vector",),
        (*_LOGS, *_PROC_SYS),
        AgentKind.PUSHES,
        "https://vector.dev/docs/setup/installation/platforms/docker/",
    ),
    Agent(
        "the OpenTelemetry Collector",
        ("opentelemetry-collector", "opentelemetry-collector-contrib", "otel-collector"),
        (*_LOGS, *_HOST),
        AgentKind.PUSHES,
        "https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/hostmetricsreceiver",
    ),
    Agent(
        "the New Relic agent",
        ("newrelic/infrastructure",),
        ("/",),
        AgentKind.PUSHES,
        "https://docs.newrelic.com/docs/infrastructure/install-infrastructure-agent/linux-installation/"
        "docker-container-infrastructure-monitoring/",
    ),
    Agent(
        "the Zabbix agent",
        ("zabbix-agent", "zabbix-agent2"),
        ("/", *_PROC_SYS, "/dev", "/etc", "/run"),
        AgentKind.PUSHES,
        "https://github.com/zabbix/zabbix-docker/tree/trunk/Dockerfiles/agent2",
    ),
    Agent(
        "the Beszel agent",
        ("beszel-agent",),
        ("/run/dbus", "/var/lib/docker/volumes"),
        AgentKind.PUSHES,
        "https://beszel.dev/guide/agent-installation",
    ),
    Agent(
        "Falco",
        ("falco",),
        ("/boot", "/etc", "/lib/modules", "/proc", "/usr"),
        AgentKind.PUSHES,
        "https://falco.org/docs/setup/container/",
    ),
    Agent(
        "the Sysdig agent",
        ("sysdig/agent",),
        ("/boot", "/etc", "/lib/modules", "/proc", "/usr"),
        AgentKind.PUSHES,
        "https://docs.sysdig.com/en/docs/installation/sysdig-monitor/install-sysdig-agent/docker/",
    ),
)

_BY_IMAGE = {image: agent for agent in AGENTS for image in agent.images}


def agent_of(image: str | Unresolved | None) -> Agent | None:
    """The agent that an image is; None where it is none, or a variable hides it."""
    name = image_name(image) if image else None
    if name is None:
        return None
    parts = name.path.lower().split("/")
    return _BY_IMAGE.get("/".join(parts[-2:])) or _BY_IMAGE.get(parts[-1])
