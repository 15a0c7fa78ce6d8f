"""Liferea, driven by its keys on a display that nobody sees. It asks each feed for its newest fifty articles again and again."""

import contextlib
import glob
import os
import shutil
import sqlite3
import subprocess
import time

import display
from display import waits
from town import ARTICLES, EMAIL, FEEDS

WINDOW = "Liferea"
# Asked before everything of a feed, or of all, is marked.
SURE = "Mark all as read"


def program():
    return shutil.which("liferea") and shutil.which("dbus-run-session") and display.is_there()


def acts(town, known, screen):
    """Each act by its key; it is sent at once, an article a call."""

    def agrees(what, seconds=90):
        waits(lambda: known() == town.marks(), f"{what}: it has other marks than the server", seconds)
        return town.marks()

    assert agrees("at first") == (set(), set())
    # All feeds once more, with nothing new.
    town.spent()
    asked = []
    for _ in range(5):
        screen.types(WINDOW, "ctrl+u")
        with contextlib.suppress(AssertionError):
            waits(lambda: asked.extend(town.spent()) or asked, "the key for an update did nothing", 10)
            break
    assert asked, "it didn't ask again"
    # Until it has asked for nothing more.
    more = lambda: asked.extend(new := town.spent()) or bool(new)
    while more():
        time.sleep(5)
    idle = {
        "requests": len(asked),
        "reads": sum(line[2] for line in asked),
        "writes": sum(line[3] for line in asked),
        "routes": sorted({line[0] for line in asked}),
        "refused": [line for line in asked if line[1] >= 400],
    }
    # The first key may be lost while it starts. The next unread article is opened, which marks it.
    opened = set()
    for _ in range(10):
        screen.types(WINDOW, "ctrl+n")
        with contextlib.suppress(AssertionError):
            opened = waits(lambda: known()[0], "nothing opened", 8)
            break
    assert opened, "no article was opened"
    agrees("an opened article")
    screen.types(WINDOW, "ctrl+t")
    starred = waits(lambda: known()[1], "the key for a flag did nothing")
    assert starred <= opened, (starred, opened)
    assert agrees("a flagged article") == (opened, starred)
    screen.types(WINDOW, "ctrl+t")
    waits(lambda: not known()[1], "the key for a flag didn't take it away")
    agrees("an article without its flag")

    # Marked elsewhere: its menu asks for the feed again and is told so, yet it looks for the state by a text that no JSON has, so
    # it can't see it, from any server. What matters is that it doesn't take the mark back.
    number = next(iter(opened)).split()[1].split("-")[0]
    elsewhere = next(name for name in sorted(town.ids()) if name.startswith(f"Article {number}-") and name not in opened)
    before = town.sum()
    town.mark(elsewhere)
    asked = set()
    for _ in range(5):
        screen.types(WINDOW, "alt+f", "u")
        with contextlib.suppress(AssertionError):
            waits(lambda: asked.update(line[0] for line in town.spent()) or len(asked) > 1, "the menu did nothing", 10)
            break
    assert any("items/contents" in route for route in asked), asked
    assert town.is_read(elsewhere), "it took back what was marked elsewhere"
    town.mark(elsewhere, read=False)
    agrees("an update by its menu")

    screen.types(WINDOW, "ctrl+r")
    # "Do not ask again" has the focus, and the button is next.
    screen.types(SURE, "Tab", "Return")
    waits(lambda: len(known()[0]) >= ARTICLES, "the key for a feed did nothing")
    read, _ = agrees("a feed that was marked as read")
    assert len({title.split("-")[0] for title in read}) == 1, read
    some = town.sum()
    some = {key: before[key] + some[key] if key in ["requests", "reads", "writes"] else some[key] for key in some}

    # The menu's second line, by its letter.
    screen.types(WINDOW, "alt+s", "r")
    screen.types(SURE, "Tab", "Return")
    waits(lambda: len(known()[0]) == FEEDS * ARTICLES, "mark all did nothing")
    agrees("everything marked as read", 600)
    assert town.unread() == 0, town.unread()
    return idle, some, town.sum()


def run(town):
    folder = os.path.join(town.folder, "liferea")
    config = os.path.join(folder, ".config", "liferea")
    os.makedirs(config)
    with open(os.path.join(config, "feedlist.opml"), "w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>'
            f'<outline type="source" sourceType="fl_google_reader" title="Town" text="Town" xmlUrl="{town.base}" '
            f'updateInterval="1" username="{EMAIL}" password="{town.tokens["liferea"]}"/></body></opml>'
        )
    environment = {
        **os.environ,
        "HOME": folder,
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "GSETTINGS_BACKEND": "memory",
    }
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"]:
        environment.pop(name, None)
    town.spent()

    def rows():
        found = glob.glob(os.path.join(folder, ".local/share/liferea/liferea.db"))
        if not found:
            return []
        try:
            with sqlite3.connect(f"file:{found[0]}?mode=ro", uri=True, timeout=5) as database:
                return database.execute("select title, read, marked from items where title like 'Article %'").fetchall()
        except sqlite3.OperationalError:
            return []

    def known():
        """The titles that it has as read, and those that it has as flagged."""
        all_ = rows()
        return {title for title, read, _ in all_ if read}, {title for title, _, flagged in all_ if flagged}

    screen = display.Display(town.folder)
    process = None
    try:
        process = subprocess.Popen(
            ["dbus-run-session", "liferea"],
            env={**environment, "DISPLAY": screen.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        titles = lambda: len({title for title, *_ in rows()})
        waits(lambda: titles() >= FEEDS * ARTICLES, "not everything was synced", 150)
        first = town.sum()
        idle, feed, everything = acts(town, known, screen)
    finally:
        if process:
            display.ends(process, whole_group=True)
        screen.close()
    return {"first": first, "idle": idle, "acts": feed, "all": everything}
