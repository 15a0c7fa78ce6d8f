"""Shows that the checks can fail: breaks one thing at a time in a copy, and expects them to say so.

Each case is a file, what is replaced by what, and words of the line that must then say FAIL. A case whose text isn't in its file
any more is an error: it would show nothing. `python deploy/check/broken.py`
"""

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

import appengine
import check
import cloudrun
import commands
import edge
import google_cloud_sdk
import home
import terraform

ROOT = Path(__file__).parents[2]
NEEDED = [
    "app.yaml",
    "cron.yaml",
    "index.yaml",
    ".gcloudignore",
    ".dockerignore",
    "Dockerfile",
    "static",
    "deploy/cloudrun",
    "deploy/terraform",
    "deploy/edge",
    "deploy/home",
    "deploy/below",
    "docs/deployment.md",
    "src/web/cron",
    "src/web/assets.rs",
    "src/web/edge.rs",
    "src/config/fetch.rs",
]

APP, CRON, INDEX = "app.yaml", "cron.yaml", "index.yaml"
DOC = "docs/deployment.md"
RUN, TF = "deploy/cloudrun/service.yaml", "deploy/terraform/"
EDGE = "deploy/edge/"
HOME, BELOW = "deploy/home/Dockerfile", "deploy/below/nginx.conf"
CASES = [
    (APP, "min_instances: 0\n", "min_instances: 1\n", "min_instances is 0"),
    (APP, "  min_instances: 0\n", "", "min_instances is 0"),
    (APP, "min_idle_instances: 0", "min_idle_instances: 1", "no idle instance"),
    (APP, "max_instances: 1", "max_instances: 5", "one instance at most"),
    (APP, "instance_class: F1", "instance_class: F2", "the free one"),
    (APP, "  target_cpu_utilization: 0.9\n", "", "target_cpu_utilization is set"),
    (APP, "target_cpu_utilization: 0.9", "target_cpu_utilization: 9", "target_cpu_utilization is set"),
    (APP, "handlers:\n", "inbound_services:\n- warmup\nhandlers:\n", "no inbound services"),
    (APP, "automatic_scaling:", "manual_scaling:\n  instances: 1\nautomatic_scaling:", "Google's parser reads it"),
    (APP, "runtime: java21", "runtime: java21\nenv: flex", "the environment is standard"),
    (APP, "./dist/dormouse serve", "./target/release/dormouse serve", "the entrypoint is what make dist builds"),
    (APP, "  script: auto\n  secure: always\n", "  script: auto\n", "/.* is served over TLS only"),
    (APP, "  script: auto\n  secure: always\n", "  script: auto\n  secure: optional\n", "/.* is served over TLS only"),
    (APP, "  script: auto\n", "  script: auto\n  login: admin\n", "no handler has a login"),
    (APP, "(css|js|svg|png))\n  static_files", "(css|js|png))\n  static_files", "each file in static/ is served"),
    (APP, "(css|js|svg|png))\n  static_files", "css)\n  static_files", "each file in static/ is served"),
    (APP, "static_files: static/\\1\n", "static_files: assets/\\1\n", "each file in static/ is served"),
    (APP, "upload: static/.*\\.(css|js|svg|png)", "upload: static/.*\\.css", "each file in static/ is served"),
    (APP, "upload: static/sw\\.js", "upload: static/worker\\.js", "/sw\\.js has files"),
    (APP, "upload: static/favicon\\.svg", "upload: static/favicon\\.ico", "/favicon\\.ico has files"),
    (APP, 'STORE: "datastore://"', 'STORE: "./data"', "the store is Datastore"),
    (APP, "https://CHANGE-ME", "http://CHANGE-ME", "BASE_URL is set, with https"),
    (APP, 'SIGNUP: "closed"', 'SIGNUP: "open"', "accounts are not for everybody"),
    (APP, '  # SECRET_KEY: "projects/', '  SECRET_KEY: "hush/', "secrets are named, not told"),
    (APP, 'TICK_SECONDS: "240"', 'TICK_SECONDS: "541"', "TICK_SECONDS is 1 to 540"),
    (APP, "automatic_scaling:\n", "automatic_scaling:\n  forever: true\n", "Google's parser reads it"),
    (CRON, "/cron/refresh", "/cron/refrehs", "the router has a GET route"),
    (CRON, "/cron/daily", "/cron/refresh", "no address twice"),
    (CRON, "every 60 minutes", "every so often", "is a schedule"),
    (CRON, "every 60 minutes", '"*/30 * * * *"', "is a schedule"),
    (CRON, "every day 03:47", "every day 25:47", "is a schedule"),
    (CRON, "job_retry_limit: 2", "job_retry_limit: 6", "job_retry_limit is 0 to 5"),
    (CRON, "    job_retry_limit: 2\n", "    job_retry_limit: 2\n    max_backoff_seconds: 5\n", "have an order"),
    (CRON, "  timezone: Etc/UTC", "  timezone: Etc/Nowhere", "Google's parser reads it"),
    (CRON, "  timezone: Etc/UTC", "  timezone: Etc/UTC\n  attempt_deadline: 600s", "no attempt_deadline"),
    (INDEX, "direction: desc", "direction: down", "Google's parser reads it"),
    (INDEX, "    direction: desc\n", "", "no index twice"),
    (INDEX, "  - name: id\n", "", "is composite"),
    (APP, "runtime: java21", "runtime: java21\nenv: flex", "gcloud takes it for the standard environment"),
    (CRON, "every 60 minutes", "every so often", "gcloud's grammar reads"),
    (CRON, "  timezone: Etc/UTC", "  timezone: Etc/UTC\n  attempt_deadline: 600s", "gcloud's parser reads it"),
    (RUN, "containerConcurrency", "containerConcurency", "only fields that Cloud Run's API has"),
    (RUN, "tcpSocket", "tcpsocket", "only fields that Cloud Run's API has"),
    (".gcloudignore", "dist/*\n", "", "nothing else is uploaded"),
    (".gcloudignore", "!static/\n!static/**\n", "", "what is needed is uploaded"),
    (".gcloudignore", "!dist/dormouse\n", "", "what is needed is uploaded"),
    (".gcloudignore", "*\n!app", "/src\n!app", "it names what is uploaded"),
    (".dockerignore", "!dist/dormouse", "!dist", "the binary alone"),
    ("Dockerfile", "FROM scratch", "FROM debian", "it stands on nothing"),
    ("Dockerfile", "USER 65532:65532", "USER root", "its user is nobody"),
    ("Dockerfile", 'ENTRYPOINT ["/dormouse"]', "ENTRYPOINT /dormouse", "without a shell"),
    ("Dockerfile", "CMD ", "HEALTHCHECK CMD /dormouse check-url\nCMD ", "nothing pings"),
    ("Dockerfile", "COPY dist/dormouse /dormouse", "COPY . /", "the binary"),
    (HOME, "COPY . .", "COPY dist/dormouse .", "it is built from source"),
    (HOME, "FROM scratch", "FROM debian", "nothing is below"),
    (HOME, "RUN target=$(", "RUN target=(", "the shell reads"),
    (HOME, "WORKDIR", "WORKDIRS", "only steps that Docker has"),
    (HOME, 'CMD ["serve"]', "CMD serve", "everything could be judged"),
    (BELOW, "8080;", "8080/;", "the path is passed as it is"),
    (RUN, 'minScale: "0"', 'minScale: "1"', "minScale is 0"),
    (RUN, 'minScale: "0"', "minScale: 0", "annotations are texts"),
    (RUN, 'maxScale: "1"', 'maxScale: "100"', "maxScale is 1 or 2"),
    (RUN, 'cpu-throttling: "true"', 'cpu-throttling: "false"', "paid by the request"),
    (RUN, 'startup-cpu-boost: "false"', 'startup-cpu-boost: "true"', "no second processor"),
    (
        RUN,
        "run.googleapis.com/ingress: all",
        'run.googleapis.com/minScale: "1"',
        "only annotations that were thought about",
    ),
    (RUN, "timeoutSeconds: 600", "timeoutSeconds: 200", "a minute more than a tick"),
    (RUN, "timeoutSeconds: 600", "timeoutSeconds: 400", "longer than any tick"),
    (
        RUN,
        "        startupProbe:\n          tcpSocket:\n            port: 8080",
        "        startupProbe:\n          httpGet:\n            path: /",
        "only looks whether it listens",
    ),
    (
        RUN,
        "        startupProbe:",
        "        livenessProbe:\n          httpGet:\n            path: /\n        startupProbe:",
        "no probe while it runs",
    ),
    (RUN, "containerConcurrency: 80", "containerConcurrency: 1", "many requests share"),
    (RUN, 'cpu: "1"', 'cpu: "2"', "one processor"),
    (RUN, "memory: 512Mi", "memory: 2Gi", "256 to 512 MiB"),
    (RUN, "value: datastore://PROJECT_ID", "value: datastore://", "STORE names the project"),
    (
        RUN,
        "        - name: SIGNUP",
        "        - name: CRON_SECRET\n          value: hush-hush\n        - name: SIGNUP",
        "secrets are named, not told",
    ),
    (RUN, "        - name: SIGNUP", "        - name: STORE", "no variable twice"),
    (TF + "service.tf", "min_instance_count = 0", "min_instance_count = 1", "min_instance_count is 0"),
    (
        TF + "service.tf",
        "  template {",
        "  scaling {\n    min_instance_count = 1\n  }\n  template {",
        "nor is there one for the whole service",
    ),
    (TF + "service.tf", "max_instance_count = 1", "max_instance_count = 9", "max_instance_count is 1 or 2"),
    (TF + "service.tf", "cpu_idle          = true", "cpu_idle          = false", "paid by the request"),
    (TF + "service.tf", 'timeout = "600s"', 'timeout = "120s"', "longer than any tick"),
    (
        TF + "service.tf",
        "      startup_probe {",
        "      liveness_probe {\n        http_get {}\n      }\n      startup_probe {",
        "no probe while it runs",
    ),
    (TF + "service.tf", 'TICK_SECONDS         = "240"', 'TICK_SECONDS         = "900"', "TICK_SECONDS is 1 to 540"),
    (TF + "scheduler.tf", '  attempt_deadline = "660s"\n', "", "attempt_deadline is above the tick's"),
    (
        TF + "scheduler.tf",
        'attempt_deadline = "660s"',
        'attempt_deadline = "200s"',
        "attempt_deadline is above the tick's",
    ),
    (TF + "scheduler.tf", 'attempt_deadline = "660s"', 'attempt_deadline = "1900s"', "Scheduler allows it"),
    (TF + "scheduler.tf", '    http_method = "GET"\n', "", "the jobs are GET requests"),
    (
        TF + "scheduler.tf",
        "audience              = local.base_url",
        "audience              = local.own_url",
        "whom the program takes itself for",
    ),
    (TF + "scheduler.tf", "/cron/refresh", "/cron/other", "the router has a GET route"),
    (TF + "scheduler.tf", '"47 3 * * *"', '"every day"', "its schedule has five fields"),
    (TF + "database.tf", '"OPTIMISTIC"', '"PESSIMISTIC"', "nobody waits for locks"),
    (TF + "database.tf", '"DATASTORE_MODE"', '"FIRESTORE_NATIVE"', "it is in Datastore mode"),
    (TF + "database.tf", "DELETE_PROTECTION_ENABLED", "DELETE_PROTECTION_DISABLED", "can't be deleted by mistake"),
    (TF + "database.tf", "../../index.yaml", "indexes.yaml", "they come from index.yaml"),
    (TF + "database.tf", '"DATASTORE_MODE_API"', '"ANY_API"', "its indexes are Datastore's"),
    (TF + "database.tf", "locals {", "locals {{", "it is HCL"),
    (TF + "project.tf", "roles/datastore.user", "roles/editor", "use the database and nothing else"),
    (
        TF + "project.tf",
        "google_service_account.dormouse.member",
        "google_service_account.scheduler.member",
        "the scheduler has no rights",
    ),
    (DOC, '"daily 2 47', '"daily 0 47', "dormouse-daily is repeated 2 times"),
    (DOC, '"refresh 0 23 * * * *"', '"refresh 0 23 * * *"', "the schedule of dormouse-refresh has five fields"),
    (DOC, "--max-retry-attempts=$retries ", "", "dormouse-daily is repeated"),
    (DOC, "for role in run.builder datastore.user;", "for role in run.builder;", "Cloud Run: not so: the accounts get"),
    (DOC, "=datastore.user $PROJECT", "=editor $PROJECT", "App Engine: not so: the accounts get"),
    (DOC, 'do read -r name retries schedule <<< "$job"', 'read -r name retries schedule <<< "$job"', "a shell runs"),
    (TF + "secrets.tf", "length  = 48", "length  = 8", "they are long enough"),
    ("src/web/edge.rs", "[600, 600]", "[600, 60]", "what the settings page says are the same"),
    (EDGE + "firebase.json", '"/s/**"', '"**"', "shared pages alone are rewritten"),
    (EDGE + "firebase.json", '"dormouse"', '"dormice"', "the service that the other files deploy"),
    (EDGE + "firebase.json", '"public": "public",', '"public": "public", "headers": [],', "thought about"),
    (EDGE + "firebase.json", '"public": "public"', '"public": ".."', "nothing else is published"),
    (EDGE + "cdn.tf", '"USE_ORIGIN_HEADERS"', '"FORCE_CACHE_ALL"', "the program says what is kept"),
    (EDGE + "cdn.tf", "    serve_while_stale = 600\n", "", "old copies are shown for 600 s"),
    (EDGE + "cdn.tf", "serve_while_stale = 600", "serve_while_stale = 86400", "old copies are shown for 600 s"),
    (EDGE + "cdn.tf", '["/s/*"]', '["/*"]', "shared pages alone are behind it"),
    (EDGE + "cdn.tf", "include_query_string = false", "include_query_string = true", "a made-up query"),
    (EDGE + "cdn.tf", "negative_caching = false", "negative_caching = false\n    default_ttl = 3600", "no other ages"),
    (EDGE + "cdn.tf", "enable_cdn            = true", "enable_cdn            = false", "it caches"),
    (EDGE + "nginx.conf", "proxy_ignore_headers Vary", "proxy_ignore_headers Vary Cache-Control", "own ages are honoured"),
    (EDGE + "nginx.conf", "$host$uri$packing", "$host$request_uri$packing", "and no query"),
    (EDGE + "nginx.conf", "$host$uri$packing", "$host$uri", "the key has the encoding"),
    (EDGE + "nginx.conf", "location / {", "location / {\n      proxy_cache shared;", "and nothing else is"),
    (EDGE + "nginx.conf", "proxy_cache_lock on", "proxy_cache_lock off", "proxy_cache_lock on"),
    (TF + "budget.tf", "google_billing_budget", "google_billing_budgie", "there is a budget"),
]
# What gcloud says; without gcloud these cases are left out. Asking it takes seconds, so the others don't.
ASK_GCLOUD = {
    "nothing else is uploaded",
    "what is needed is uploaded",
    "it names what is uploaded",
    "gcloud's grammar reads",
    "gcloud's parser reads it",
    "only fields that Cloud Run's API has",
    "gcloud takes it for the standard environment",
}


def copy_to(folder: Path):
    for name in NEEDED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns(".terraform*"))
        else:
            shutil.copy(ROOT / name, target)
    (folder / "dist").mkdir()
    (folder / "dist/dormouse").write_text("the binary")
    (folder / "dist/notes").write_text("not for upload")


def failures(folder: Path, with_gcloud: bool):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        check.run(folder, [google_cloud_sdk] if with_gcloud else [appengine, cloudrun, commands, terraform, edge, home])
    return {line for line in out.getvalue().splitlines() if line.startswith("FAIL")}


def main():
    with tempfile.TemporaryDirectory() as home:
        whole = Path(home) / "whole"
        copy_to(whole)
        before = failures(whole, False) | failures(whole, True)
        has_gcloud = google_cloud_sdk.folder() is not None
        silent = tried = left_out = 0
        for name, old, new, words in CASES:
            if words in ASK_GCLOUD and not has_gcloud:
                left_out += 1
                continue
            text = (ROOT / name).read_text(encoding="utf-8")
            if old not in text:
                sys.exit(f"{old!r} isn't in {name} any more: change the case")
            folder = Path(home) / "broken"
            shutil.copytree(whole, folder)
            (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
            said = failures(folder, words in ASK_GCLOUD) - before
            shutil.rmtree(folder)
            tried += 1
            if not any(words in line for line in said):
                silent += 1
                print(f"SILENT {name}: {old!r} -> {new!r}: nobody says “{words}”, but:")
                print("\n".join(f"       {line}" for line in sorted(said)) or "       nothing")
        rest = f", {left_out} left out without gcloud" if left_out else ""
        print(f"{tried - silent} of {tried} broken copies were found out{rest}")
        return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
