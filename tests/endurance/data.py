"""What taking everything along costs: `python3 tests/endurance/data.py [BINARY]`.

An account with 5,000 feeds of 20 articles each, and 10,000 stars with texts of about 6 kB, in the embedded store on disk: made
by the commands themselves, from a ZIP that is written here and feeds that are served here. Then it is exported and brought to a second,
empty store; the time and the largest resident memory of each command are printed. Everything is on loopback and in a temporary folder.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[2] / "target/release/dormouse"
FEEDS, ARTICLES, STARS, WORDS = 5_000, 20, 10_000, 900
READER = "anna@example.org"


def words(seed, count):
    pick = random.Random(seed)
    letters = "etaoinshrdlu"
    return " ".join("".join(pick.choices(letters, k=pick.randint(2, 11))) for _ in range(count))


class Publisher(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = self.path.strip("/")
        items = "".join(
            f"<item><title>Headline {i} of {number}</title><link>https://blog{number}.example/{i}</link><guid>{number}-{i}</guid>"
            f"<pubDate>Sat, 28 Nov 2026 {i:02}:00:00 GMT</pubDate><description>Text {i}</description></item>"
            for i in range(ARTICLES)
        )
        body = f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()
        self.send_response(200)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def written(path, base):
    """What another installation would have exported."""
    outlines = "".join(f'<outline type="rss" text="Feed {n}" xmlUrl="{base}/{n}"/>' for n in range(FEEDS))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("manifest.json", json.dumps({"format": "dormouse-data", "version": 1, "id": "made", "part": 1, "parts": 1}))
        out.writestr("feeds.opml", f'<opml version="2.0"><body><outline text="All">{outlines}</outline></body></opml>')
        for file in range(STARS // 500):
            items = [
                {
                    "id": f"https://blog{n}.example/star",
                    "url": f"https://blog{n}.example/star",
                    "title": f"Star {n}",
                    "content_html": f"<p>{words(n, WORDS)}</p>",
                    "date_published": "2026-10-01T08:00:00Z",
                    "_dormouse": {"id": f"1-{n + 1}", "feed_url": f"{base}/{n % FEEDS}", "feed_title": f"Feed {n}", "at": 1_790_000_000_000_000 + n},
                }
                for n in range(file * 500, file * 500 + 500)
            ]
            out.writestr(f"starred-{file + 1}.json", json.dumps({"items": items}))


def run(binary, store, *args, more=(), stdin=""):
    """Runs a command: its output, how long it took and how long of that a processor, and the megabytes that it held at most."""
    began = time.monotonic()
    env = {"STORE": str(store), "ALLOW_PRIVATE_NETWORKS": "1", "HOST_SPACING_MS": "0", **dict(more)}
    child = subprocess.Popen([binary, *args], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, errors = [], []
    readers = [threading.Thread(target=lambda: out.append(child.stdout.read())), threading.Thread(target=lambda: errors.append(child.stderr.read()))]
    for reader in readers:
        reader.start()
    child.stdin.write(stdin)
    child.stdin.close()
    _, status, used = os.wait4(child.pid, 0)
    for reader in readers:
        reader.join()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"{args}: {code}: {errors[0]}")
    took = f"{time.monotonic() - began:.1f} s, of which a processor {used.ru_utime + used.ru_stime:.1f} s; {used.ru_maxrss / 1_024:.0f} MB"
    return out[0], took


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else RELEASE
    server = Quiet(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        here, there = folder / "here", folder / "there"
        written(folder / "made.zip", base)
        print(f"made: {(folder / 'made.zip').stat().st_size / 1e6:.1f} MB")
        user = ("--user", READER)
        for store in (here, there):
            run(binary, store, "user", "add", READER, "--password-stdin", stdin="correct horse battery\n")
        took = run(binary, here, "data", "import", str(folder / "made.zip"), *user)
        print(f"import of {FEEDS} feeds and {STARS} stars: {took[1]}")
        began = time.monotonic()
        for _ in range(200):
            # Until a tick finds that the last one was a moment ago, all have been fetched.
            told, _ = run(binary, here, "tick")
            if '"finished":false' not in told.replace(" ", ""):
                break
        print(f"ticks: {time.monotonic() - began:.0f} s")
        told, took = run(binary, here, "data", "export", str(folder / "all.zip"), "--json", *user)
        print(f"export: {took}; {told.strip()}")
        took = run(binary, there, "data", "import", str(folder / "all.zip"), *user)
        print(f"import elsewhere: {took[1]}\n{took[0].strip()}")
        took = run(binary, there, "data", "import", str(folder / "all.zip"), *user)
        print(f"again: {took[1]}\n{took[0].strip()}")
        print(f"this script: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:.0f} MB")


main()
