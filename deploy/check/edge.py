"""deploy/edge: what is put in front of shared pages lets nothing else through, and keeps nothing longer than the settings page says."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import hcl2
import yaml

from report import read
from terraform import _bare

FOLDER = "deploy/edge"
BELOW = "/s/"


def check(root, report):
    edge = read(root, "src/web/edge.rs")
    found = re.search(r'"public, max-age=(\d+), s-maxage=(\d+), stale-while-revalidate=(\d+)"', edge)
    ages = re.search(r"AT_THE_EDGE: \[u32; 2\] = \[(\d+), (\d+)\]", edge)
    report.check(
        bool(found and ages) and found.groups()[1:] == ages.groups(),
        "src/web/edge.rs",
        "the header and what the settings page says are the same",
    )
    stale = int(found[3])
    service = yaml.safe_load(read(root, "deploy/cloudrun/service.yaml"))["metadata"]["name"]
    _check_firebase(root, report, service)
    _check_cdn(root, report, service, stale)
    _check_nginx(root, report)


def _check_firebase(root, report, service):
    where = f"{FOLDER}/firebase.json"
    parsed = report.attempt(where, "it is JSON", lambda: json.loads(read(root, where)))
    if parsed is None:
        return
    hosting = parsed["hosting"]
    report.check(set(parsed) == {"hosting"}, where, "it deploys hosting alone")
    report.check(
        set(hosting) == {"public", "rewrites"}, where, "only keys that were thought about", "`headers` would replace ours"
    )
    sources = [rewrite.get("source") for rewrite in hosting["rewrites"]]
    report.check(sources == [f"{BELOW}**"], where, "shared pages alone are rewritten")
    report.check(
        all(rewrite.get("run", {}).get("serviceId") == service for rewrite in hosting["rewrites"]),
        where,
        "to the service that the other files deploy",
    )
    files = sorted(path.name for path in (root / FOLDER / hosting["public"]).iterdir())
    report.check(files == ["404.html"], where, "nothing else is published", f"There is {files}")


def _check_cdn(root, report, service, stale):
    where = f"{FOLDER}/cdn.tf"
    parsed = report.attempt(where, "it is HCL", lambda: _bare(hcl2.loads(read(root, where))))
    if parsed is None:
        return
    resources = {}
    for entry in parsed["resource"]:
        for kind, named in entry.items():
            resources.setdefault(kind, {}).update(named)
    (backend,) = resources["google_compute_backend_service"].values()
    (policy,) = backend["cdn_policy"]
    (key,) = policy["cache_key_policy"]
    (group,) = resources["google_compute_region_network_endpoint_group"].values()
    report.check(backend.get("enable_cdn") is True, where, "it caches")
    report.check(
        policy.get("cache_mode") == "USE_ORIGIN_HEADERS", where, "the program says what is kept", "Others keep what is private"
    )
    report.check(
        policy.get("serve_while_stale") == stale, where, f"old copies are shown for {stale} s", "Without it, for a day"
    )
    report.check(policy.get("negative_caching") is False, where, "a 404 says itself for how long it counts")
    report.check(not set(policy) & {"default_ttl", "max_ttl", "client_ttl"}, where, "no other ages")
    report.check(key.get("include_query_string") is False, where, "a made-up query finds the same copy")
    report.check(group["cloud_run"][0]["service"] == service, where, "it leads to the service that the other files deploy")
    (table,) = resources["google_compute_url_map"].values()
    rules = [rule for matcher in table["path_matcher"] for rule in matcher["path_rule"]]
    report.check([rule["paths"] for rule in rules] == [[f"{BELOW}*"]], where, "shared pages alone are behind it")
    report.check(
        "default_service" not in table and not any("default_service" in matcher for matcher in table["path_matcher"]),
        where,
        "everything else is sent to the program's own name",
    )


def _check_nginx(root, report):
    where = f"{FOLDER}/nginx.conf"
    text = re.sub(r"#.*", "", read(root, where))
    locations = dict(re.findall(r"location (\S+) \{(.*?)\}", text, re.DOTALL))
    shared, rest = locations.get(BELOW, ""), "".join(body for name, body in locations.items() if name != BELOW)
    report.check("proxy_cache shared;" in shared, where, "shared pages are cached")
    report.check("proxy_cache" not in rest, where, "and nothing else is")
    for line in ("proxy_cache_lock on", "proxy_cache_background_update on", 'proxy_set_header Cookie ""'):
        report.check(f"{line};" in shared, where, f"{line}")
    ignored = re.findall(r"proxy_ignore_headers ([^;]+);", text)
    report.check(ignored == ["Vary"], where, "the program's own ages are honoured")
    report.check("$packing" in "".join(re.findall(r"proxy_cache_key ([^;]+);", text)), where, "the key has the encoding")
    report.check(not re.search(r"proxy_cache_key [^;]*(\$args|\$request_uri|\$is_args)", text), where, "and no query")
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        report.skip(where, "nginx reads it", "nginx isn't installed")
        return
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "nginx.conf"
        path.write_text(read(root, where).replace("/var/cache/nginx", home), encoding="utf-8")
        done = subprocess.run(
            [nginx, "-t", "-c", str(path), "-p", home, "-e", f"{home}/log", "-g", f"pid {home}/pid;"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        report.check(done.returncode == 0, where, "nginx reads it", done.stderr.strip()[-300:])
