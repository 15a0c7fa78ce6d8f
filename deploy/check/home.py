"""deploy/home/Dockerfile, which builds from source, and deploy/below, the proxies in front of a path.

There is no Docker here: that each step can be read is checked, and that its shell is one, not that the image comes out.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from report import read

IMAGE = "deploy/home/Dockerfile"
BELOW = "deploy/below"
# What a Dockerfile may have; these are all that ours needs.
STEPS = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}


def check(root, report):
    _check_image(root, report)
    _check_below(root, report)


def _steps(text):
    """The steps of a Dockerfile, each a name and the rest, with lines that go on joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [tuple(line.strip().split(maxsplit=1)) for line in joined.splitlines()]


def _check_image(root, report):
    steps = _steps(read(root, IMAGE))
    names = [name for name, _ in steps]
    report.check(set(names) <= STEPS, IMAGE, "only steps that Docker has", f"What is {set(names) - STEPS}?")
    bases = [rest.split() for name, rest in steps if name == "FROM"]
    report.check(
        len(bases) == 2 and bases[0][0].startswith("rust:") and bases[1] == ["scratch"],
        IMAGE,
        "a toolchain builds, and nothing is below what is built",
    )
    copies = [rest for name, rest in steps if name == "COPY"]
    report.check(copies[:1] == [". ."], IMAGE, "it is built from source")
    report.check(not (root / "dist").exists() or "dist" in _ignored(root), IMAGE, "no binary of this machine is sent along")
    report.check(
        all(rest.startswith("--from=build ") for rest in copies[1:]), IMAGE, "the second stage has what the first one built"
    )
    for name, rest in steps:
        if name == "RUN":
            done = subprocess.run(["sh", "-n"], input=rest, capture_output=True, text=True, timeout=10)
            report.check(done.returncode == 0, IMAGE, f"the shell reads “{rest[:40]}…”", done.stderr.strip()[:200])
    forms = [rest for name, rest in steps if name in ("ENTRYPOINT", "CMD")]
    report.check(all(isinstance(json.loads(rest), list) for rest in forms), IMAGE, "it is started without a shell")
    users = [rest for name, rest in steps if name == "USER"]
    report.check(users == ["65532:65532"], IMAGE, "its user is nobody, by number")


def _ignored(root):
    return read(root, f"{IMAGE}.dockerignore").split()


def _check_below(root, report):
    where = f"{BELOW}/nginx.conf"
    text = re.sub(r"#.*", "", read(root, where))
    passed = re.findall(r"proxy_pass ([^;]+);", text)
    report.check(
        bool(passed) and all(re.fullmatch(r"http://[\d.]+:\d+", to) for to in passed), where, "the path is passed as it is"
    )
    report.check("proxy_set_header Host $host;" in text, where, "the host is passed on")
    caddy = read(root, f"{BELOW}/Caddyfile")
    report.check(
        "handle /reader/* {" in caddy and "handle_path /" not in caddy, f"{BELOW}/Caddyfile", "the path is passed as it is"
    )
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        report.skip(where, "nginx reads it", "nginx isn't installed")
        return
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "nginx.conf"
        path.write_text(read(root, where), encoding="utf-8")
        done = subprocess.run(
            [nginx, "-t", "-c", str(path), "-p", home, "-e", f"{home}/log", "-g", f"pid {home}/pid;"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        report.check(done.returncode == 0, where, "nginx reads it", done.stderr.strip()[:300])
