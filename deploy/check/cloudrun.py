"""deploy/cloudrun/service.yaml, the Dockerfile and what goes into the image."""

import re

import yaml

import facts
from report import read

FILE = "deploy/cloudrun/service.yaml"
SCALING = "autoscaling.knative.dev/"
RUN = "run.googleapis.com/"


def check(root, report):
    service = report.attempt(FILE, "it is YAML", lambda: yaml.safe_load(read(root, FILE)))
    if service:
        _check_service(service, root, report)
    _check_image(root, report)


def _check_service(service, root, report):
    report.check(
        (service["apiVersion"], service["kind"]) == ("serving.knative.dev/v1", "Service"), FILE, "it is a service"
    )
    template = service["spec"]["template"]
    of_service = service["metadata"].get("annotations", {})
    of_revision = template["metadata"]["annotations"]
    spec = template["spec"]
    every = {**of_service, **of_revision}

    report.check(all(isinstance(value, str) for value in every.values()), FILE, "annotations are texts", "Quote them")
    known = {SCALING + name for name in ("minScale", "maxScale")} | {
        RUN + name
        for name in ("ingress", "invoker-iam-disabled", "cpu-throttling", "startup-cpu-boost", "execution-environment")
    }
    report.check(
        set(every) <= known,
        FILE,
        "only annotations that were thought about",
        f"Look at {', '.join(sorted(set(every) - known))}, then name them in deploy/check/cloudrun.py",
    )
    report.check(of_revision.get(SCALING + "minScale") == "0", FILE, "minScale is 0", "It would never sleep")
    report.check(
        of_revision.get(SCALING + "maxScale") in ("1", "2"), FILE, "maxScale is 1 or 2", "It is the ceiling of the bill"
    )
    report.check(of_revision.get(RUN + "cpu-throttling") == "true", FILE, "it is paid by the request")
    report.check(
        of_revision.get(RUN + "startup-cpu-boost") == "false", FILE, "no second processor for a start of milliseconds"
    )
    report.check(of_service.get(RUN + "ingress") == "all", FILE, "readers come from everywhere")

    containers = spec["containers"]
    report.check(len(containers) == 1, FILE, "one container", "Another one would be paid for, too")
    container = containers[0]
    report.check(
        "livenessProbe" not in container and "readinessProbe" not in container,
        FILE,
        "no probe while it runs",
        "It would be work that no reader asked for",
    )
    probe = container.get("startupProbe", {})
    report.check(
        set(probe) & {"httpGet", "grpc", "exec"} == set(), FILE, "the startup probe only looks whether it listens"
    )
    ports = [port["containerPort"] for port in container["ports"]]
    report.check(
        probe.get("tcpSocket", {}).get("port", ports[0]) == ports[0], FILE, "it looks at the port that is listened at"
    )
    report.check(1 < spec["containerConcurrency"] <= 1000, FILE, "many requests share an instance, and its price")
    limits = container["resources"]["limits"]
    report.check(
        limits["cpu"] == "1", FILE, "one processor", "Less takes one request at a time; the program has one thread"
    )
    memory = re.fullmatch(r"(\d+)Mi", str(limits["memory"]))
    report.check(memory is not None and 256 <= int(memory[1]) <= 512, FILE, "256 to 512 MiB")
    report.check("dormouse@" in spec.get("serviceAccountName", ""), FILE, "it runs as an account of its own")
    _check_variables(container, spec, root, report)


def _check_variables(container, spec, root, report):
    variables = {entry["name"]: entry for entry in container["env"]}
    report.check(len(variables) == len(container["env"]), FILE, "no variable twice")
    value = {name: entry.get("value", "") for name, entry in variables.items()}
    report.check(
        re.fullmatch(r"datastore://\w[\w.:-]*(/.*)?", value.get("STORE", "")) is not None,
        FILE,
        "STORE names the project",
        "Cloud Run doesn't tell the program which it is",
    )
    report.check(value.get("BASE_URL", "").startswith("https://"), FILE, "BASE_URL is set, with https")
    report.check(bool(value.get("ADMIN_EMAIL")), FILE, "ADMIN_EMAIL is set")
    report.check("@" in value.get("CRON_SERVICE_ACCOUNT", ""), FILE, "whose calls are a scheduler's is said")
    told = [name for name in ("SECRET_KEY", "CRON_SECRET") if value.get(name)]
    report.check(not told, FILE, "secrets are named, not told", f"Use secretKeyRef for {', '.join(told)}")
    facts.check_tick(report, FILE, value.get("TICK_SECONDS", 240), spec["timeoutSeconds"], root)
    report.check(spec["timeoutSeconds"] > facts.LONGEST_TICK, FILE, "a request may take longer than any tick")


def _check_image(root, report):
    where = "Dockerfile"
    lines = [
        line.strip() for line in read(root, where).splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    steps = [tuple(line.split(maxsplit=1)) for line in lines]
    by_name = {name: rest for name, rest in steps}
    report.check([rest for name, rest in steps if name == "FROM"] == ["scratch"], where, "it stands on nothing")
    names = [name for name, _ in steps]
    report.check(
        not set(names) & {"RUN", "ADD", "SHELL", "HEALTHCHECK"}, where, "nothing is run or fetched, and nothing pings"
    )
    copies = [rest.split() for name, rest in steps if name == "COPY"]
    report.check(copies == [["dist/dormouse", "/dormouse"]], where, "it holds one file, the binary")
    user = by_name.get("USER", "0")
    report.check(
        re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) is not None,
        where,
        "its user is nobody, by number",
        "There is no list of names on an empty base",
    )
    report.check(by_name.get("ENTRYPOINT") == '["/dormouse"]', where, "the binary is started without a shell")
    ignore = read(root, ".dockerignore").split("\n")
    kept = [line for line in ignore if line and not line.startswith("#")]
    report.check(kept == ["*", "!dist/dormouse"], ".dockerignore", "the builder is sent the binary alone")
