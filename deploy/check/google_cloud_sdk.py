"""What gcloud itself makes of the files, where it is installed: asked with the Python that it brings along."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from report import read

INSIDE = Path(__file__).with_name("inside_gcloud.py")


def folder():
    """Where gcloud's library is; None where there is no gcloud."""
    command = shutil.which("gcloud")
    if command is None:
        return None
    near = Path(command).resolve().parents[1]
    if (near / "lib/googlecloudsdk").is_dir():
        return near
    asked = subprocess.run(
        [command, "info", "--format=value(installation.sdk_root)"], capture_output=True, text=True, timeout=120
    )
    said = Path(asked.stdout.strip() or "/nonexistent")
    return said if (said / "lib/googlecloudsdk").is_dir() else None


def check(root, report):
    sdk = folder()
    if sdk is None:
        report.skip("gcloud", "its own parsers, its schedules' grammar, and what it would upload", "it isn't installed")
        return
    bundled = sdk / "platform/bundledpythonunix/bin/python3"
    python = str(bundled) if bundled.exists() else os.environ.get("CLOUDSDK_PYTHON", sys.executable)
    static = [str(path.relative_to(root)) for path in (root / "static").rglob("*") if path.is_file()]
    wanted = ["app.yaml", "Dockerfile", "dist/dormouse", *static]
    asked = subprocess.run(
        [python, str(INSIDE), str(sdk), str(root), *wanted], capture_output=True, text=True, timeout=120
    )
    lines = [line.split("\t", 3) for line in asked.stdout.splitlines()]
    for fits, where, what, otherwise in lines:
        report.check(fits == "1", where, what, otherwise)
    report.check(asked.returncode == 0 and len(lines) >= 5, "gcloud", "it could be asked", asked.stderr.strip()[-300:])
    report.check(
        "*" in read(root, ".gcloudignore").splitlines(), ".gcloudignore", "it names what is uploaded, not what isn't"
    )
