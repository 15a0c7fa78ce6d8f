"""What several files must agree on."""

import re
from pathlib import Path

from report import read

# The longest tick that TICK_SECONDS may ask for; `src/config/fetch.rs`.
LONGEST_TICK = 540
# What App Engine gives a request under automatic scaling.
APP_ENGINE_SECONDS = 600
PLACEHOLDER = "CHANGE-ME"

_CRON_ROUTE = re.compile(r'route\(\s*"GET"\s*,\s*"(/cron/[^"]+)"')


def cron_routes(root: Path) -> set[str]:
    """The addresses below /cron/ that the router answers, read from its sources."""
    sources = (root / "src/web/cron").glob("*.rs")
    return {path for source in sources for path in _CRON_ROUTE.findall(source.read_text(encoding="utf-8"))}


def tick_range(root: Path) -> tuple[int, int]:
    """What TICK_SECONDS takes."""
    found = re.search(r'"TICK_SECONDS",\s*[\d_]+,\s*([\d_]+)..=([\d_]+)', read(root, "src/config/fetch.rs"))
    return int(found[1]), int(found[2])


def check_tick(report, where, seconds, waits, root):
    """That a tick's time is allowed, and that its callers wait longer."""
    least, most = tick_range(root)
    report.check(
        most == LONGEST_TICK,
        "src/config/fetch.rs",
        f"TICK_SECONDS ends at {LONGEST_TICK}",
        "Look at every deadline here again, then change LONGEST_TICK in deploy/check/facts.py",
    )
    report.check(least <= int(seconds) <= most, where, f"TICK_SECONDS is {least} to {most}")
    report.check(
        int(seconds) + 60 <= waits, where, f"a request may take a minute more than a tick ({seconds} s of {waits} s)"
    )


def seconds(duration) -> float:
    """`660s` as a number."""
    return float(str(duration).removesuffix("s"))
