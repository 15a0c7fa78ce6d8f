"""A town for real clients: publishers over loopback HTTP, a server with one reader, and what each request of theirs cost."""

import datetime
import http.server
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.environ.get("DORMOUSE", os.path.join(HERE, "../../target/debug/dormouse"))
EMAIL = "ann@example.org"
PASSWORD = "a long password of nobody"
FEEDS, ARTICLES = 30, 20


class Publishers:
    """Feeds with twenty articles each, one an hour, and what is added to them."""

    def __init__(self):
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.added = {}
        town = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                number = re.fullmatch(r"/feed/(\d+)", self.path)
                if not number:
                    self.send_error(404)
                    return
                body = town.document(int(number[1])).encode()
                self.send_response(200)
                self.send_header("content-type", "application/rss+xml")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, number):
        return f"http://127.0.0.1:{self.server.server_port}/feed/{number}"

    def add(self, number, name):
        self.added.setdefault(number, []).append(name)

    def document(self, number):
        base = f"http://127.0.0.1:{self.server.server_port}"
        old = [(f"{number}-{at}", self.now - datetime.timedelta(hours=at)) for at in range(ARTICLES)]
        new = [(name, self.now) for name in self.added.get(number, [])]
        items = "".join(
            f"<item><guid isPermaLink='false'>{name}</guid><title>Article {name}</title><link>{base}/{name}</link>"
            f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description>&lt;p&gt;The text of {name}&lt;/p&gt;</description></item>"
            for name, date in new + old
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>Feed {number}</title>"
            f"<link>{base}/</link><description>x</description>{items}</channel></rss>"
        )


class Town:
    """One server on an empty folder, with a reader of thirty feeds, and their tokens."""

    def __init__(self, **settings):
        self.folder = tempfile.mkdtemp(prefix="clients-")
        self.publishers = Publishers()
        # The clean-up of a reader's first visit must not stand in a client's account.
        self.environment = {
            "PATH": os.environ["PATH"],
            "ALLOW_PRIVATE_NETWORKS": "1",
            "HOST_SPACING_MS": "0",
            "CRON_SECRET": "a secret of nobody but this town",
            "PORT": "0",
            "LOG": "info",
            **settings,
        }
        self.command(["user", "add", EMAIL, "--password-stdin"], PASSWORD)
        outlines = "".join(
            f'<outline type="rss" text="Feed {n}" xmlUrl="{self.publishers.url(n)}"/>' for n in range(FEEDS)
        )
        opml = os.path.join(self.folder, "feeds.opml")
        with open(opml, "w", encoding="utf-8") as file:
            file.write(f'<opml version="2.0"><body><outline text="Town">{outlines}</outline></body></opml>')
        self.command(["import", opml, "--user", EMAIL])
        self.own = self.token("manage")
        self.names = ["newsboat", "rssguard", "fever", "liferea", "elfeed"]
        self.tokens = {name: self.token("manage" if name == "liferea" else "mark") for name in self.names}
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [BINARY, "serve"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        line = self.process.stdout.readline()
        self.base = re.search(r"http://\S+", line)[0].rstrip("/")
        self.refresh()
        assert self.unread() == FEEDS * ARTICLES, self.unread()

    def command(self, args, stdin=""):
        done = subprocess.run(
            [BINARY, *args], cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def token(self, scope):
        return self.command(["token", "add", "--user", EMAIL, "--scope", scope])

    def call(self, path, body=None, token=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("authorization", f"Bearer {token or self.own}")
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
            return json.loads(text) if text else None

    def refresh(self):
        """Ticks until everything is fetched; then each feed is asked for once more by its own call."""
        request = urllib.request.Request(self.base + "/cron/refresh")
        request.add_header("authorization", f"Bearer {self.environment['CRON_SECRET']}")
        urllib.request.urlopen(request, timeout=300).read()

    def ids(self):
        """Articles by their titles."""
        found, cursor = {}, ""
        while True:
            page = self.call(f"/api/v1/articles?state=all&limit=200{cursor}")
            found.update({one["title"]: one for one in page["articles"]})
            if not page["cursor"]:
                return found
            cursor = f"&cursor={urllib.parse.quote(page['cursor'])}"

    def unread(self):
        return self.call("/api/v1/counts")["unread"]

    def is_read(self, title):
        return self.ids()[title]["read"]

    def marks(self):
        """The titles that are read, and those that are starred."""
        articles = self.ids()
        return {name for name, one in articles.items() if one["read"]}, {name for name, one in articles.items() if one["starred"]}

    def mark(self, title, read=True):
        key = "read" if read else "unread"
        self.call("/api/v1/marks", {key: [self.ids()[title]["id"]]})

    def reset(self):
        """Everything unread and without stars, for the next client."""
        articles = self.ids()
        read = [one["id"] for one in articles.values() if one["read"]]
        for at in range(0, len(read), 300):
            self.call("/api/v1/marks", {"unread": read[at : at + 300]})
        for one in articles.values():
            if one["starred"]:
                self.call(f"/api/v1/stars/{one['id']}", method="DELETE")

    def spent(self):
        """The requests since the last call of this: routes with their reads and writes, those of our own call left out."""
        self.log.flush()
        lines = []
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            file.seek(getattr(self, "place", 0))
            text = file.read()
            self.place = file.tell()
        for line in text.splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            request, cost = said.get("httpRequest"), said.get("operations")
            if request and cost and not request["requestUrl"].startswith(("/api/v1", "/cron")):
                route = f"{request['requestMethod']} {request['requestUrl']}"
                lines.append((route, request["status"], cost["reads"], cost["writes"]))
        return lines

    def sum(self):
        lines = self.spent()
        return {
            "requests": len(lines),
            "reads": sum(line[2] for line in lines),
            "writes": sum(line[3] for line in lines),
            "routes": sorted({line[0] for line in lines}),
            # A site that has no icon is no fault.
            "refused": [line for line in lines if line[1] >= 400 and "/icon/" not in line[0]],
        }

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.publishers.server.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)
