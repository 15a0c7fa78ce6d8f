"""What the documented commands ask Google for: they are run by a real shell, and gcloud is a recorder of its arguments."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from report import read

FILE = "docs/deployment.md"
RECORDER = """#!{python}
import json, sys
with open({log!r}, "a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
asked = " ".join(sys.argv[1:])
if asked == "config get project":
    print("a-project")
elif asked.startswith("projects describe "):
    print("123456")
"""
BUILDER = "serviceAccount:123456-compute@developer.gserviceaccount.com"
APP_ENGINE = "serviceAccount:a-project@appspot.gserviceaccount.com"


def blocks(text, heading):
    """The shell commands of a section."""
    _, _, rest = text.partition(f"\n### {heading}")
    section = re.split(r"\n##+ ", rest, maxsplit=1)[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))


def recorded(commands):
    """What gcloud was called with, line by line; None if a command failed."""
    with tempfile.TemporaryDirectory() as home:
        log = str(Path(home) / "log")
        gcloud = Path(home) / "gcloud"
        gcloud.write_text(RECORDER.format(python=sys.executable, log=log), encoding="utf-8")
        gcloud.chmod(0o755)
        env = {"PATH": f"{home}:{os.environ['PATH']}", "HOME": home}
        done = subprocess.run(
            ["bash", "-eu", "-c", commands], cwd=home, env=env, capture_output=True, text=True, timeout=60
        )
        if done.returncode != 0:
            raise ValueError(done.stderr.strip() or f"exit {done.returncode}")
        return [json.loads(line) for line in Path(log).read_text(encoding="utf-8").splitlines()]


def flags(call):
    pairs = (word[2:].partition("=") for word in call if word.startswith("--"))
    return {name: value for name, _, value in pairs}


def check(root, report):
    text = read(root, FILE)
    for heading, grants in (
        ("App Engine", {(BUILDER, "run.builder"), (APP_ENGINE, "run.builder"), (APP_ENGINE, "datastore.user")}),
        ("Cloud Run", {(BUILDER, "run.builder"), (BUILDER, "datastore.user")}),
    ):
        where = f"{FILE} {heading}"
        calls = report.attempt(where, "a shell runs the commands", lambda: recorded(blocks(text, heading)))
        if calls is None:
            continue
        given = {
            (flags(call).get("member"), flags(call).get("role", "").removeprefix("roles/"))
            for call in calls
            if call[:2] == ["projects", "add-iam-policy-binding"]
        }
        report.check(given == grants, where, "the accounts get the rights that they need, and no others", str(given))
        apis = {api for call in calls if call[:2] == ["services", "enable"] for api in call[2:]}
        report.check("datastore.googleapis.com" in apis, where, "Datastore's API is enabled")
        if heading == "Cloud Run":
            _check_jobs([call for call in calls if call[:3] == ["scheduler", "jobs", "create"]], where, report)


def _check_jobs(jobs, where, report):
    asked = {call[4]: flags(call) for call in jobs}
    report.check(set(asked) == {"dormouse-refresh", "dormouse-daily"}, where, "there are two jobs")
    for name, retries in (("dormouse-refresh", "0"), ("dormouse-daily", "2")):
        job = asked.get(name, {})
        report.check(job.get("max-retry-attempts") == retries, where, f"{name} is repeated {retries} times")
        schedule = job.get("schedule", "")
        report.check(
            len(schedule.split()) == 5 and re.fullmatch(r"[\d*/, -]+", schedule) is not None,
            where,
            f"the schedule of {name} has five fields",
            schedule,
        )
        path = "/cron/" + name.removeprefix("dormouse-")
        report.check(job.get("uri", "").endswith(path), where, f"{name} calls {path}", job.get("uri", ""))
        report.check("oidc-service-account-email" in job, where, f"{name} says who it is")
