"""newsboat, by its FeedHQ source: the Google Reader API as its oldest clients speak it. Its screen is a terminal's."""

import os
import shutil
import sqlite3
import subprocess
import time

from town import ARTICLES, EMAIL, FEEDS, Town


def program():
    return shutil.which("newsboat") and shutil.which("tmux")


class Screen:
    """newsboat in a terminal that is looked at and typed into."""

    def __init__(self, folder, command):
        self.name = f"newsboat-{os.getpid()}"
        self.socket = os.path.join(folder, "tmux")
        environment = {**os.environ, "TERM": "xterm", "HOME": folder, "LC_ALL": "C.UTF-8"}
        self.run("new-session", "-d", "-x", "120", "-y", "50", "-s", self.name, command, env=environment)

    def run(self, *args, env=None):
        done = subprocess.run(
            ["tmux", "-S", self.socket, *args], capture_output=True, text=True, env=env, check=False
        )
        return done.stdout

    def text(self):
        return self.run("capture-pane", "-p", "-t", self.name)

    def waits_for(self, words, seconds=40):
        for _ in range(seconds * 5):
            if words in self.text():
                return
            time.sleep(0.2)
        raise AssertionError(f"no {words!r} on the screen:\n{self.text()}")

    def types(self, *keys):
        for key in keys:
            self.run("send-keys", "-t", self.name, key)
            time.sleep(0.4)

    def close(self):
        self.run("kill-server")


def settings(town, folder):
    """Its files for a town; the start of each command."""
    os.mkdir(folder)
    config = os.path.join(folder, "config")
    with open(config, "w", encoding="utf-8") as file:
        file.write(
            'urls-source "feedhq"\n'
            f'feedhq-url "{town.base}"\nfeedhq-login "{EMAIL}"\nfeedhq-password "{town.tokens["newsboat"]}"\n'
            'feedhq-flag-star "s"\nshow-read-feeds yes\n'
        )
    urls = os.path.join(folder, "urls")
    open(urls, "w", encoding="utf-8").close()
    return ["newsboat", "-C", config, "-u", urls, "-c", os.path.join(folder, "cache.db")]


def reloads(common, folder):
    """What it says after a reload."""
    environment = {**os.environ, "HOME": folder, "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run(
        [*common, "-x", "reload", "print-unread"], capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    return done.stdout.strip() + done.stderr.strip()


def spends_its_budget():
    """It asks for every text again with each reload. Beyond the token's budget it is refused, and keeps what it has."""
    # Enough for one reload and a quarter of another.
    town = Town(API_BODIES_A_DAY=str(FEEDS * ARTICLES * 5 // 4))
    try:
        folder = os.path.join(town.folder, "newsboat")
        common = settings(town, folder)
        everything = f"{FEEDS * ARTICLES} unread"
        assert everything in (said := reloads(common, folder)), said
        assert not town.sum()["refused"]
        assert everything in (said := reloads(common, folder)), said
        refused = town.sum()["refused"]
        assert refused and {status for _, status, *_ in refused} == {429}, refused
        # What it marks is still taken.
        town.mark("Article 1-0")
        assert town.unread() == FEEDS * ARTICLES - 1
    finally:
        town.close()


def run(town):
    folder = os.path.join(town.folder, "newsboat")
    common = settings(town, folder)
    cache = common[-1]
    reload = lambda: reloads(common, folder)

    town.spent()
    said = reload()
    assert f"{FEEDS * ARTICLES} unread" in said, said
    first = town.sum()
    rows = sqlite3.connect(cache).execute("select title, content, author, url, guid from rss_item").fetchall()
    assert len(rows) == FEEDS * ARTICLES, len(rows)
    assert all(title.startswith("Article ") and "The text of" in text for title, text, *_ in rows), rows[:3]
    reload()
    idle = town.sum()
    # It is given all texts again; that so many were given is written after every 500.
    assert idle["reads"] == 0 and idle["writes"] <= 1, idle

    # Marked elsewhere: it is read here after the next reload.
    town.mark("Article 3-0")
    reload()
    unread = dict(sqlite3.connect(cache).execute("select title, unread from rss_item").fetchall())
    assert unread["Article 3-0"] == 0, "what was marked elsewhere isn't seen"

    screen = Screen(folder, " ".join(common))
    try:
        screen.waits_for("Feed 5")
        # The first feed: its first unread article is opened, which marks it.
        # The first rows are states; a number leads to a row.
        screen.types("1", "3", "Enter")
        screen.types("Enter")
        screen.waits_for("Article")
        opened = next(line for line in screen.text().splitlines() if "Article " in line)
        title = "Article " + opened.split("Article ")[1].split()[0]
        screen.types("Enter")
        screen.waits_for("The text of")
        screen.types("q")
        for _ in range(50):
            if town.is_read(title):
                break
            time.sleep(0.2)
        assert town.is_read(title), f"{title} was opened, and is not read"
        # A flag is a star.
        screen.types("C-e")
        screen.types("s", "Enter")
        starred = []
        for _ in range(50):
            starred = [name for name, one in town.ids().items() if one["starred"]]
            if starred:
                break
            time.sleep(0.2)
        assert starred, "a flag gave no star"
        # Everything of the feed.
        number = title.split()[1].split("-")[0]
        screen.types("A")
        left = None
        for _ in range(50):
            left = [name for name, one in town.ids().items() if name.startswith(f"Article {number}-") and not one["read"]]
            if not left:
                break
            time.sleep(0.2)
        assert not left, f"mark all left {left}"
        # Everything of all feeds, from their list.
        screen.types("q")
        screen.waits_for("Feed 5")
        screen.types("C", "y")
        for _ in range(50):
            if not town.unread():
                break
            time.sleep(0.2)
        assert not town.unread(), f"mark all left {town.unread()}"
    finally:
        screen.close()
    acts = town.sum()
    spends_its_budget()
    return {"first": first, "idle": idle, "acts": acts}
