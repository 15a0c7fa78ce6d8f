"""How long a first fetch takes, and what it does to those who read meanwhile: `python3 tests/endurance/fetch.py [BASELINE …]`.

300 feeds with 50 articles each, from one host and from eight; then 250 of them while one connection asks for the list again and
again. A baseline is another build's binary, measured in turn with the release build. Everything is on loopback and in a temporary
folder, and ends by itself.
"""

import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[2] / "target/release/dormouse"
FEEDS, ARTICLES, HOSTS = 300, 50, 8
SECRET = "only for measuring"
WORDS = "river lantern quiet engine market window silver harbour letter garden mountain paper winter signal copper".split()


def paragraph(seed):
    words = " ".join(WORDS[(seed * 7 + j * 5 + seed * j) % len(WORDS)] for j in range(20))
    return f'<p>{words} <a href="/x/{seed}">and</a> the <em>rest</em> of it.</p>'


def feed(number):
    items = "".join(
        f"<item><title>Headline {i} of feed {number}</title><link>https://blog{number}.example/{i}</link><guid>{number}-{i}</guid>"
        f"<pubDate>Sat, 28 Nov 2026 {i // 4:02}:{i % 60:02}:00 GMT</pubDate>"
        f"<description><![CDATA[{''.join(paragraph(number * 31 + i * 7 + p) for p in range(8))}]]></description></item>"
        for i in range(ARTICLES)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


class Publisher(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bodies = {}

    def do_GET(self):
        body = self.bodies.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("etag", '"1"')
        self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def publish():
    """Serves until standard input ends: in a process of its own, so that it doesn't slow down what measures."""
    Publisher.bodies = {f"/f{number}": feed(number) for number in range(FEEDS)}
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Publisher) for _ in range(HOSTS)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_address[1] for server in servers]), flush=True)
    sys.stdin.read()


@contextlib.contextmanager
def home(binary):
    """A folder with an account and a token; gives a way to run commands, the environment and the token."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "PATH": os.environ["PATH"],
            "ALLOW_PRIVATE_NETWORKS": "1",
            "HOST_SPACING_MS": "0",
            "STORE": f"{folder}/data",
            "CRON_SECRET": SECRET,
            "PORT": "0",
        }

        def run(*args, given=""):
            done = subprocess.run([binary, *args], env=env, input=given, text=True, capture_output=True, timeout=300)
            if done.returncode:
                sys.exit(f"{args}: {done.stderr}")
            return done.stdout

        run("user", "add", "reader@example.org", "--password-stdin", given="a long horse battery")
        yield run, env, run("token", "add", "--user", "reader@example.org").strip(), Path(folder)


def outlines(ports, hosts, numbers):
    lines = (f"<outline xmlUrl='http://127.0.0.1:{ports[n % hosts]}/f{n}'/>" for n in numbers)
    return f"<opml><body>{''.join(lines)}</body></opml>"


def first_fetch(binary, ports, hosts):
    with home(binary) as (run, _, _, folder):
        (folder / "feeds.opml").write_text(outlines(ports, hosts, range(FEEDS)), encoding="utf-8")
        run("import", str(folder / "feeds.opml"), "--user", "reader@example.org")
        began = time.perf_counter()
        report = json.loads(run("tick").splitlines()[-1])
        took = time.perf_counter() - began
        assert report["articles"] == FEEDS * ARTICLES, report
        return took


def reading(binary, ports):
    with home(binary) as (_, env, token, _):
        server = subprocess.Popen(
            [binary, "serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            return reading_at(int(re.search(r":(\d+)\s*$", server.stdout.readline())[1]), token, ports)
        finally:
            server.kill()
            server.wait()


def reading_at(port, token, ports):
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(method, path, body=None, kind="application/json", secret=token, connection=connection):
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": kind}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status in (200, 201), (answer.status, said)
        return said

    def timed():
        began = time.perf_counter()
        ask("GET", "/api/v1/articles?limit=50")
        return 1_000 * (time.perf_counter() - began)

    for number in range(50):
        url = f"http://127.0.0.1:{ports[number % HOSTS]}/f{number}"
        ask("POST", "/api/v1/subscriptions", json.dumps({"url": url}))
    quiet = [timed() for _ in range(1_000)]
    ask("POST", "/api/v1/opml", outlines(ports, HOSTS, range(50, FEEDS)), "text/x-opml")
    time.sleep(0.2)
    other = http.client.HTTPConnection("127.0.0.1", port)
    sweep = threading.Thread(target=ask, args=("GET", "/cron/refresh"), kwargs={"secret": SECRET, "connection": other})
    sweep.start()
    meanwhile = []
    while sweep.is_alive():
        meanwhile.append(timed())
    return quiet, meanwhile


def share(samples, part):
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * part))]


def main():
    binaries = [str(RELEASE), *sys.argv[1:]]
    publisher = subprocess.Popen(
        [sys.executable, __file__, "--publish"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        ports = json.loads(publisher.stdout.readline())
        for hosts in (1, HOSTS):
            took = {binary: [] for binary in binaries}
            for _ in range(3):
                for binary in binaries:
                    took[binary].append(first_fetch(binary, ports, hosts))
            for binary, all_of_it in took.items():
                print(f"{binary}: first fetch of {FEEDS} x {ARTICLES}, hosts: {hosts}: {statistics.median(all_of_it):.2f} s")
        for binary in binaries:
            quiet, meanwhile = reading(binary, ports)
            for name, samples in (("quiet", quiet), ("while a sweep runs", meanwhile)):
                print(f"{binary}: the list, {name}: p50 {share(samples, 0.5):.2f} ms, p99 {share(samples, 0.99):.2f} ms")
    finally:
        publisher.stdin.close()
        publisher.wait()


if __name__ == "__main__":
    publish() if sys.argv[1:] == ["--publish"] else main()
