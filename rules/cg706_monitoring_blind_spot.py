"""CG706: monitoring that sees nothing, or that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from composeguard.api import (
    AgentKind,
    Container,
    Example,
    Options,
    Problem,
    Profile,
    Project,
    Reading,
    Reference,
    Service,
    Severity,
    agent_of,
    compose,
    image_name,
    option,
    reading_rule,
)

_CADVISOR = "cAdvisor"

_SCRAPERS = {
    # The last part of an image's name, and where its manual says that it scrapes.
    "alloy": "https://grafana.com/docs/alloy/latest/reference/components/prometheus/prometheus.scrape/",
    "agent": "https://grafana.com/docs/agent/latest/static/configuration/metrics-config/",
    "elastic-agent": "https://www.elastic.co/docs/reference/integrations/prometheus",
    "grafana-agent": "https://grafana.com/docs/agent/latest/static/configuration/metrics-config/",
    "metricbeat": "https://www.elastic.co/docs/reference/beats/metricbeat/metricbeat-module-prometheus",
    "mimir": "https://grafana.com/docs/mimir/latest/",
    "netdata": "https://learn.netdata.cloud/docs/collecting-metrics/generic-collecting-metrics/prometheus-endpoint",
    "opentelemetry-collector": "https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/"
    "prometheusreceiver",
    "opentelemetry-collector-contrib": "https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/"
    "receiver/prometheusreceiver",
    "otel-lgtm": "https://github.com/grafana/docker-otel-lgtm",
    "prometheus": "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
    "signoz-otel-collector": "https://signoz.io/docs/userguide/prometheus-metrics/",
    "telegraf": "https://github.com/influxdata/telegraf/tree/master/plugins/inputs/prometheus",
    "vector": "https://vector.dev/docs/reference/configuration/sources/prometheus_scrape/",
    "victoria-metrics": "https://docs.victoriametrics.com/#how-to-scrape-prometheus-exporters-such-as-node-exporter",
    "vmagent": "https://docs.victoriametrics.com/vmagent/",
    "vmsingle": "https://docs.victoriametrics.com/#how-to-scrape-prometheus-exporters-such-as-node-exporter",
}


class MonitoringBlindSpot(Options):
    """What a configuration can set."""

    runtime: Literal["docker", "podman"] = option("docker", "The engine that runs the project.")


@reading_rule(
    code="CG706",
    name="monitoring-blind-spot",
    severity=Severity.INFO,
    profiles=(Profile.ALL,),
    references=(
        Reference("Prometheus: monitoring containers with cAdvisor", "https://prometheus.io/docs/guides/cadvisor/"),
        Reference("prometheus-podman-exporter", "https://github.com/containers/prometheus-podman-exporter"),
        compose("05-services.md#ports"),
    ),
    examples=(
        Example(
            title="An exporter that nobody asks",
            bad="""\
services:
  node:
    image: prom/node-exporter:v1.8.2  # expect: CG706
  web:
    image: example.org/web:1.4
""",
        ),
        Example(
            title="cAdvisor, where Podman runs the containers",
            settings={"runtime": "podman"},
            bad="""\
services:
  cadvisor:
    image: gcr.io/cadvisor/cadvisor:v0.49.1  # expect: CG706
  prometheus:
    image: prom/prometheus:v2.55.0
""",
        ),
        Example(
            title="A scraper beside it, or a port for one elsewhere",
            good="""\
x-hardened: &hardened
  user: "65534:65534"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  node: {<<: *hardened, image: "prom/node-exporter:v1.8.2"}
  prometheus: {<<: *hardened, image: "prom/prometheus:v2.55.0"}
""",
        ),
    ),
    options=MonitoringBlindSpot,
)
def monitoring_blind_spot(reading: Reading, options: MonitoringBlindSpot) -> Iterator[Problem]:
    """Monitoring that sees nothing is worse than none, for everybody counts on it.

    An exporter keeps its numbers until a scraper asks for them. Where the project has none, and the exporter
    publishes no port and joins no network from outside by which one elsewhere could ask, nobody ever reads them.
    cAdvisor finds containers by the engine's own interface: with `runtime: podman` it shows control groups at best,
    without the names of containers, and the dashboards stay empty.

    **Fix.** Add a scraper to the project, or publish the exporter's port on an address that the scraper reaches.
    With Podman, use prometheus-podman-exporter.

    **When to ignore.** A scraper that joins the project's network by its name from another project.
    """
    project = reading.project
    services = list(project.services.values())
    if options.runtime == "podman":
        for service in services:
            agent = agent_of(service.image)
            if agent and agent.name == _CADVISOR:
                yield Problem(
                    service.at("image"),
                    f"{service.name} is cAdvisor, which does not see the containers of Podman by name",
                    label="sees no containers",
                    evidence="podman",
                )
    if any(_scrapes(service) for service in services):
        return
    for service in services:
        agent = agent_of(service.image)
        if agent and agent.kind is AgentKind.SCRAPED and not _is_reachable(project, service):
            yield Problem(
                service.at("image"),
                f"{service.name} ({agent.name}) waits for a scraper: the project has none, and none elsewhere can "
                "reach it",
                label="nobody reads its numbers",
                evidence="scraper",
            )


def _scrapes(container: Container) -> bool:
    name = image_name(container.image) if container.image else None
    if container.image is None or name is None:
        return True  # what is built here, or hidden by a variable, may do so
    last = name.path.rpartition("/")[2].lower()
    return last in _SCRAPERS or "prometheus" in last.split("-")


def _is_reachable(project: Project, service: Service) -> bool:
    """Whether a scraper elsewhere may reach the service."""
    mode = service.network_mode
    if service.ports or (mode is not None and mode != "none"):
        return True
    networks = (project.networks.get(name) for name in service.networks)
    return any(network is None or network.external not in (None, False) for network in networks)
