"""What a flood, a first fetch and twelve days do to a release build: `python3 tests/endurance/endurance.py memory|flood|hub|soak`.

Everything is on loopback and in a temporary folder, and ends by itself. `soak` needs faketime (Debian: faketime).
"""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BINARY = os.path.join(os.path.dirname(__file__), "../../target/release/dormouse")
SECRET = "only for measuring"
# How many times faster the soak's clock goes.
FASTER = 3000


class Publisher(BaseHTTPRequestHandler):
    """Feeds `/f0`, `/f1` …, each with `server.articles` articles; with `server.now`, one more every three hours."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = re.match(r"/f(\d+)", self.path)
        body = self.feed(int(found[1])) if found else b""
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        status = 404 if not found else 304 if self.headers.get("if-none-match") == tag else 200
        self.send_response(status)
        self.send_header("etag", tag)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)) if status == 200 else "0")
        self.end_headers()
        if status == 200:
            self.wfile.write(body)

    def feed(self, number):
        last = int((self.server.now() - number * 61) // 10_800)
        items = "".join(
            f"<item><title>Feed {number}, article {i}</title><guid>{number}-{i}</guid>"
            f"<pubDate>{datetime.datetime.fromtimestamp(i * 10_800 + number * 61, datetime.timezone.utc):%a, %d %b %Y %H:%M:%S GMT}</pubDate>"
            f"<description>{f'words of article {i} of feed {number}, and some text. ' * 20}</description></item>"
            for i in range(last, last - self.server.articles, -1)
        )
        return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()

    def log_message(self, *_):
        pass


class Hub(BaseHTTPRequestHandler):
    """One feed that names this server as its hub, and the hub: `server.asked` are its subscriptions."""

    def do_GET(self):
        self.send_response(200)
        own = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.send_header("link", f'<{own}/hub>; rel="hub", <{own}/f0>; rel="self"')
        self.end_headers()
        self.wfile.write(b'<rss version="2.0"><channel><title>Pushed</title><item><title>One</title><guid>1</guid></item></channel></rss>')

    def do_POST(self):
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append(dict(urllib.parse.parse_qsl(form)))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_):
        pass


def publisher(articles, now=time.time):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.articles, server.now, server.daemon_threads = articles, now, True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Dormouse:
    """A server in a new folder, and its first account."""

    def __init__(self, before=(), **settings):
        self.folder = tempfile.mkdtemp()
        env = {
            "PATH": os.environ["PATH"],
            "STORE": os.path.join(self.folder, "data"),
            "PORT": "0",
            "ALLOW_PRIVATE_NETWORKS": "1",
            "HOST_SPACING_MS": "0",
            "CRON_SECRET": SECRET,
            "TICK_SECONDS": "500",
        }
        self.process = subprocess.Popen([*before, BINARY, "serve"], env=env | settings, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().decode().rsplit(":", 1)[1])
        self.cookies = {}
        self.ask("POST", "/signup", {"email": "ann@example.org", "password": "a long password here"})

    def ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        """Sends a request as a browser does; returns its status and body."""
        head = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Cookie": self.cookie(),
            "Content-Type": kind,
            "Authorization": f"Bearer {SECRET}" if path.startswith("/cron/") else "",
        }
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        client.request(method, path, urllib.parse.urlencode(body) if isinstance(body, dict) else body, head)
        answer = client.getresponse()
        text = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.update([value.split(";")[0].split("=", 1)])
        client.close()
        return answer.status, text

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def follow(self, port, feeds):
        """Imports feeds, which the next sweep fetches."""
        lines = "".join(f'<outline type="rss" text="{n}" xmlUrl="http://127.0.0.1:{port}/f{n}"/>' for n in range(feeds))
        file = f'--X\r\nContent-Disposition: form-data; name="opml"; filename="feeds"\r\n\r\n<opml version="2.0"><body>{lines}</body></opml>\r\n--X--\r\n'
        assert self.ask("POST", "/import", file, "multipart/form-data; boundary=X")[0] == 303

    def sweep(self):
        status, text = self.ask("GET", "/cron/refresh")
        assert status == 200, text
        return json.loads(text)

    def memory(self):
        """Resident memory in MB, now and at most."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for pid in [*children, str(self.process.pid)]:
            with open(f"/proc/{pid}/status") as file:
                status = file.read()
            if status.startswith("Name:\tdormouse"):
                return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024 for name in ("VmRSS", "VmHWM")]
        raise SystemExit("the server has ended")

    def file_mb(self):
        return os.path.getsize(os.path.join(self.folder, "data", "dormouse.redb")) >> 20

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def memory():
    """A first fetch of 1,000 feeds × 200 articles, and a backup."""
    with Dormouse() as server:
        print("at the start:", server.memory(), "MB now and at most")
        server.follow(publisher(200), 1_000)
        report = server.sweep()
        print(f"{report['articles']} articles fetched: {server.memory()} MB; the file has {server.file_mb()} MB")
        status, copy = server.ask("GET", "/admin/backup")
        print(f"backup {status}, {len(copy) >> 20} MB: {server.memory()} MB")


def flood():
    """2,500 idle or slow connections, and 400 bodies of which only a part comes."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (8_192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with Dormouse() as server:
        server.follow(publisher(100), 10)
        server.sweep()
        reader = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        cookie = server.cookie()

        def reads(what, count=1_000):
            times = []
            for _ in range(count):
                began = time.perf_counter()
                reader.request("GET", "/unread", headers={"Cookie": cookie})
                assert reader.getresponse().read()
                times.append((time.perf_counter() - began) * 1_000)
            times.sort()
            print(f"{what}: p50 {times[count // 2]:.2f} ms, p99 {times[count * 99 // 100]:.2f} ms, {server.memory()} MB")

        def held(count, bytes_of):
            sockets = []
            for number in range(count):
                one = socket.create_connection(("127.0.0.1", server.port), timeout=10)
                one.sendall(bytes_of(number))
                sockets.append(one)
            return sockets

        reads("quiet", 2_000)
        idle = held(2_500, lambda number: b"" if number % 2 else b"GET /unread HTTP/1.1\r\nHost: 127")
        reads("2,500 idle or slow connections")
        began, is_served = time.time(), False
        while not is_served and time.time() - began < 60:
            try:
                is_served = server.ask("GET", "/healthz")[0] == 200
            except OSError:
                time.sleep(0.1)
        print(f"a new connection was served after {time.time() - began:.1f} s")
        for one in idle:
            one.close()
        reader.close()
        head = f"POST /marks HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: http://127.0.0.1:{server.port}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
        bodies = held(400, lambda _: head.encode() + b" " * 600_000)
        reads("400 bodies of 600 kB, held")
        for one in bodies:
            one.close()


def hub():
    """A hub that pushes 10 MiB sixty times at once, with a wrong and with a right signature."""
    hostile = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    hostile.asked, hostile.daemon_threads = [], True
    threading.Thread(target=hostile.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Dormouse(BASE_URL=f"http://127.0.0.1:{port}", PORT=str(port)) as server:
        server.follow(hostile.server_address[1], 1)
        server.sweep()
        asked = hostile.asked[0]
        callback = urllib.parse.urlsplit(asked["hub.callback"]).path
        agreed = urllib.parse.urlencode({"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "c", "hub.lease_seconds": "864000"})
        assert server.ask("GET", f"{callback}?{agreed}") == (200, b"c")
        body = b"<rss><channel><title>" + b"a" * (10 * 1024 * 1024 - 100) + b"</title></channel></rss>"
        right = hmac.new(asked["hub.secret"].encode(), body, "sha256").hexdigest()
        for what, signature in [("a wrong", "0" * 64), ("a right", right)]:
            statuses = []

            def push():
                client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
                try:
                    client.request("POST", callback, body, {"X-Hub-Signature": f"sha256={signature}", "Content-Type": "application/rss+xml"})
                    statuses.append(client.getresponse().status)
                except OSError:
                    statuses.append("closed")

            pushes = [threading.Thread(target=push) for _ in range(60)]
            for one in pushes:
                one.start()
            for one in pushes:
                one.join()
            counted = {status: statuses.count(status) for status in set(statuses)}
            print(f"60 pushes of 10 MiB at once with {what} signature: {counted}, {server.memory()} MB now and at most")


def soak():
    """100 feeds with 50 articles each and eight more a day, for twelve days."""
    began = time.time()

    def now():
        return began + (time.time() - began) * FASTER

    clock = ["faketime", "-f", f"+0d x{FASTER}"]
    with Dormouse(clock, FAKETIME_DONT_FAKE_MONOTONIC="1") as server:
        server.follow(publisher(50, now), 100)
        day, articles, fetches = 0, 0, 0
        while day <= 12:
            report = server.sweep()
            articles, fetches = articles + report["articles"], fetches + report["fetched"]
            if now() - began >= day * 86_400:
                assert server.ask("GET", "/cron/daily")[0] == 200
                assert server.ask("GET", "/unread")[0] == 200
                print(f"day {day}: {articles} articles, {fetches} fetches, {server.memory()} MB, the file has {server.file_mb()} MB", flush=True)
                day += 1
            time.sleep(0.5)


if __name__ == "__main__":
    {"memory": memory, "flood": flood, "hub": hub, "soak": soak}[sys.argv[1]]()
