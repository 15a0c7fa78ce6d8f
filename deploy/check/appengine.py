"""app.yaml, cron.yaml and index.yaml."""

import re

import yaml
from google.appengine.api import appinfo, croninfo
from google.appengine.datastore import datastore_index

import facts
from report import read

# What the manual of cron.yaml describes. Google's published parser takes any text; gcloud's grammar is asked as well, where
# there is one.
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAYS = r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*(,(mon|tue|wed|thu|fri|sat|sun)[a-z]*)*"
_EVERY = rf"every [1-9]\d* (minutes|mins|hours)( synchronized| from {_TIME} to {_TIME})?"
_AT = rf"(every (day|{_DAYS})|(1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth)( {_DAYS}| day)? of [a-z,]+) {_TIME}"
SCHEDULE = re.compile(rf"({_EVERY}|{_AT})")


def check(root, report):
    app = report.attempt(
        "app.yaml", "Google's parser reads it", lambda: appinfo.LoadSingleAppInfo(read(root, "app.yaml"))
    )
    crons = report.attempt(
        "cron.yaml", "Google's parser reads it", lambda: croninfo.LoadSingleCron(read(root, "cron.yaml"))
    )
    indexes = report.attempt(
        "index.yaml",
        "Google's parser reads it",
        lambda: datastore_index.ParseIndexDefinitions(read(root, "index.yaml")),
    )
    if app:
        raw = yaml.safe_load(read(root, "app.yaml"))
        _check_sleep(app, raw, report)
        _check_handlers(app, raw, root, report)
        _check_variables(app, root, report)
    if crons:
        _check_crons(crons, root, report)
    if indexes:
        _check_indexes(indexes, report)


def _check_sleep(app, raw, report):
    scaling = app.automatic_scaling or appinfo.AutomaticScaling()
    where = "app.yaml"
    report.check(scaling.min_instances == 0, where, "min_instances is 0", "It would never sleep")
    report.check(str(scaling.min_idle_instances) in ("None", "0"), where, "no idle instance is kept")
    report.check(not app.manual_scaling and not app.basic_scaling, where, "scaling is automatic")
    report.check(
        not app.inbound_services, where, "no inbound services", "A warm-up wakes an instance that nobody asked for"
    )
    report.check(scaling.max_instances == 1, where, "one instance at most", "The 28 free hours a day are shared by all")
    report.check(app.instance_class == "F1", where, "the instance class is the free one")
    target = scaling.target_cpu_utilization
    report.check(
        target is not None and 0.5 <= float(target) <= 0.95,
        where,
        "target_cpu_utilization is set, 0.5 to 0.95",
        "Without it a tick's burst of parsing starts a second instance, once there may be one",
    )
    unknown = [name for name in ("min_num_instances", "max_num_instances") if getattr(scaling, name) is not None]
    report.check(not unknown, where, "no settings of the flexible environment")
    report.check(not app.env or app.env == "standard", where, "the environment is standard")
    command = str(raw.get("entrypoint", "")).split()
    report.check(command[:1] == ["./dist/dormouse"], where, "the entrypoint is what make dist builds")


# Served at the root, as they are: installed apps keep asking for them.
AT_ROOT = {"manifest.webmanifest", "sw.js"}


def _check_handlers(app, raw, root, report):
    where = "app.yaml"
    for handler in app.handlers:
        report.check(handler.secure == "always", where, f"{handler.url} is served over TLS only")
    logins = [entry.get("url") for entry in raw["handlers"] if "login" in entry]
    report.check(
        not logins,
        where,
        "no handler has a login",
        "Nothing says that this runtime obeys it; the program looks at the header",
    )
    last = app.handlers[-1]
    report.check(last.url == "/.*" and last.script == "auto", where, "everything else goes to the program")

    served = set()
    for handler in app.handlers[:-1]:
        files = [path for path in _static(root) if re.fullmatch(handler.upload or "", path)]
        report.check(bool(files), where, f"{handler.url} has files")
        served |= {path for path in files if _answered_with(handler, path)}
    missing = sorted(set(_static(root)) - served)
    report.check(
        not missing,
        where,
        "each file in static/ is served under the address that pages print",
        f"Not these: {', '.join(missing)}",
    )
    # The program's own script is one file made of the modules; here the front ends serve them one by one.
    listed = set(re.findall(r'^    file!\("([^"]+)"', read(root, "src/web/assets.rs"), re.MULTILINE))
    there = {path.removeprefix("static/") for path in _static(root)}
    there = {path for path in there if not path.startswith("js/")} - AT_ROOT | {"js/main.js"}
    report.check(
        listed == there,
        "src/web/assets.rs",
        "its list is what static/ holds, the scripts as one",
        f"They differ in: {', '.join(sorted(listed ^ there))}",
    )


def _static(root):
    return sorted(path.relative_to(root).as_posix() for path in (root / "static").rglob("*") if path.is_file())


def _answered_with(handler, path):
    """Whether the address that pages print for a file is answered with that file."""
    name = path.removeprefix("static/")
    address = f"/{name}" if name in AT_ROOT else f"/static/0123456789ab/{name}"
    match = re.fullmatch(handler.url, address)
    return bool(match) and match.expand(handler.static_files) == path


def _check_variables(app, root, report):
    where = "app.yaml"
    variables = app.env_variables or {}
    report.check(
        variables.get("STORE", "").startswith("datastore://"),
        where,
        "the store is Datastore",
        "What an instance writes to its disk is gone with it",
    )
    report.check(bool(variables.get("ADMIN_EMAIL")), where, "ADMIN_EMAIL is set")
    base_url = variables.get("BASE_URL", "")
    report.check(base_url.startswith("https://"), where, "BASE_URL is set, with https")
    report.check(variables.get("SIGNUP", "closed") == "closed", where, "accounts are not for everybody")
    secrets = [
        name for name in ("SECRET_KEY", "CRON_SECRET") if not variables.get(name, "projects/").startswith("projects/")
    ]
    report.check(
        not secrets,
        where,
        "secrets are named, not told",
        f"Put a resource name of Secret Manager into {', '.join(secrets)}",
    )
    facts.check_tick(report, where, variables.get("TICK_SECONDS", 240), facts.APP_ENGINE_SECONDS, root)


def _check_crons(crons, root, report):
    routes = facts.cron_routes(root)
    urls = [entry.url for entry in crons.cron]
    report.check(len(set(urls)) == len(urls), "cron.yaml", "no address twice")
    report.check(set(urls) == {"/cron/refresh", "/cron/daily"}, "cron.yaml", "it calls the refresh and the clean-ups")
    report.check(len(urls) <= 3, "cron.yaml", "no more jobs than are free")
    raw = {entry["url"]: entry for entry in yaml.safe_load(read(root, "cron.yaml"))["cron"]}
    for entry in crons.cron:
        where = f"cron.yaml {entry.url}"
        report.check(entry.url in routes, where, "the router has a GET route", f"It has {', '.join(sorted(routes))}")
        report.check(bool(SCHEDULE.fullmatch(entry.schedule)), where, f"“{entry.schedule}” is a schedule")
        report.check(
            "attempt_deadline" not in raw[entry.url],
            where,
            "no attempt_deadline",
            "gcloud refuses it; the limit is ten minutes",
        )
        retry = entry.retry_parameters
        if retry:
            limit = retry.job_retry_limit
            report.check(limit is None or 0 <= limit <= 5, where, "job_retry_limit is 0 to 5")
            least, most = retry.min_backoff_seconds, retry.max_backoff_seconds
            report.check(
                least is None or most is None or least <= most, where, "the pauses between tries have an order"
            )


def _check_indexes(indexes, report):
    seen = [
        (index.kind, bool(index.ancestor), tuple((p.name, p.direction) for p in index.properties))
        for index in indexes.indexes
    ]
    report.check(len(set(seen)) == len(seen), "index.yaml", "no index twice")
    report.check(0 < len(seen) <= 200, "index.yaml", "no more indexes than a database may have")
    for kind, _, properties in seen:
        names = [name for name, _ in properties]
        report.check(len(set(names)) == len(names), f"index.yaml {kind}", f"({', '.join(names)}) has no property twice")
        report.check(
            len(names) > 1,
            f"index.yaml {kind}",
            f"({', '.join(names)}) is composite",
            "Datastore has the others by itself",
        )
