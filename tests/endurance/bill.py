"""What a month costs, played: fails where a bill, or what one part of it takes, is above its budget."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ.get("DORMOUSE_TOOLS", os.path.join(HERE, "../../target/release/dormouse-tools"))
THOUSAND = ["--users", "1000", "--distinct-feeds", "10000"]
# What is played, and dollars a month at most.
BILLS = {
    "1 reader": (["--users", "1", "--distinct-feeds", "120"], 0),
    "100 readers": (["--users", "100", "--distinct-feeds", "2287"], 0),
    "1,000 readers": (THOUSAND, 5),
    "without phones": ([*THOUSAND, "--programs", "0"], 5),
    "without searches": ([*THOUSAND, "--searches", "0"], 5),
}
# What a part of the thousand's bill takes: without which it is played, and dollars a month at most.
PARTS = {"apps on phones": ("without phones", 0.90), "searches": ("without searches", 0.35)}


def play(name):
    done = subprocess.run([TOOL, "bill", *BILLS[name][0], "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["total_usd_per_month"]


def main():
    # Each plays on one core.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        totals = dict(zip(BILLS, pool.map(play, BILLS)))
    rows = [(name, totals[name], most) for name, (_, most) in BILLS.items()]
    rows += [(name, totals["1,000 readers"] - totals[without], most) for name, (without, most) in PARTS.items()]
    for name, dollars, most in rows:
        print(f"{name:17} ${dollars:.2f} a month, of ${most:.2f} at most")
    return any(round(dollars, 2) > most for _, dollars, most in rows)


if __name__ == "__main__":
    sys.exit(main())
