"""RSS Guard, with its FreshRSS preset: it syncs without a display, and is driven by its keys on one that nobody sees."""

import base64
import configparser
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import time

import display
from display import waits
from town import ARTICLES, EMAIL, FEEDS

KEY = 0x1122334455667788
QUIET = {
    "QT_QPA_PLATFORM": "offscreen",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
}
# Its acts have no keys, or some that differ by version. These are ours.
KEYS = {
    "m_actionSelectNextItem": "Ctrl+F2",
    "m_actionSelectNextMessage": "Ctrl+F3",
    "m_actionUpdateAllItems": "Ctrl+F4",
    "m_actionSwitchImportanceOfSelectedMessages": "Ctrl+F5",
    "m_actionMarkSelectedMessagesAsUnread": "Ctrl+F6",
    "m_actionMarkSelectedItemsAsRead": "Ctrl+F7",
    "m_actionMarkAllItemsRead": "Ctrl+F8",
}
NEXT_FEED, NEXT_ARTICLE, FETCH, STAR, UNREAD, FEED_READ, ALL_READ = (f"ctrl+F{n}" for n in range(2, 9))
WINDOW = "RSS Guard"


def program():
    return shutil.which("rssguard") and display.is_there()


def obscured(text):
    """A password as the program keeps it: a version, no flags, and then each byte mixed with the key and the one before."""
    key = KEY.to_bytes(8, "little")
    last, mixed = 0, bytearray()
    for at, byte in enumerate(b"\x2a" + text.encode()):
        last = byte ^ key[at % 8] ^ last
        mixed.append(last)
    return base64.b64encode(b"\x03\x00" + bytes(mixed)).decode()


class Guard:
    def __init__(self, town):
        self.folder = os.path.join(town.folder, "rssguard")
        os.mkdir(self.folder)
        self.environment = {**os.environ, **QUIET, "HOME": self.folder}
        self.database = os.path.join(self.folder, "database", "database.db")
        self.config = os.path.join(self.folder, "config", "config.ini")
        self.said = os.path.join(self.folder, "said")

    @contextlib.contextmanager
    def running(self, **environment):
        with open(self.said, "w", encoding="utf-8") as said:
            process = subprocess.Popen(
                ["rssguard", "-d", self.folder],
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            yield
        finally:
            # It saves what it knows when it is asked to end.
            display.ends(process)

    def runs(self, until, seconds):
        """Runs it until something holds, at most so long."""
        with self.running():
            for _ in range(seconds * 2):
                if until():
                    return True
                time.sleep(0.5)
            return False

    def fetches(self):
        """How many fetches it has finished."""
        with open(self.said, encoding="utf-8", errors="replace") as file:
            return file.read().count("Finished feed updates")

    def rows(self, query):
        try:
            with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5) as database:
                return database.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def account(self, town):
        """Writes the account that its dialogue would have written."""
        # On a slow machine its first start may have been too short for its settings.
        os.makedirs(os.path.join(self.folder, "config"), exist_ok=True)
        with open(os.path.join(self.folder, "config", "key.private"), "w", encoding="utf-8") as file:
            file.write(str(KEY))
        custom = {
            "service": 1,
            "username": EMAIL,
            "password": obscured(town.tokens["rssguard"]),
            "batch_size": -1,
            "download_only_unread": False,
            "intelligent_synchronization": True,
            "url": town.base,
        }
        with sqlite3.connect(self.database) as database:
            columns = [row[1] for row in database.execute("pragma table_info(Accounts)")]
            values = {"id": 1, "ordr": 0, "type": "greader", "proxy_type": 0, "custom_data": json.dumps(custom)}
            names = [name for name in values if name in columns]
            database.execute(
                f"insert or replace into Accounts ({', '.join(names)}) values ({', '.join('?' for _ in names)})",
                [values[name] for name in names],
            )
        self.set("keyboard", KEYS)

    def set(self, group, values):
        """Writes settings; it mustn't run."""
        settings = configparser.RawConfigParser(delimiters=["="])
        settings.optionxform = str
        settings.read(self.config, encoding="utf-8")
        if not settings.has_section(group):
            settings.add_section(group)
        for name, value in values.items():
            settings.set(group, name, value)
        with open(self.config, "w", encoding="utf-8") as file:
            settings.write(file, space_around_delimiters=False)

    def marks(self):
        """The titles that it has as read, and those that it has as starred."""
        rows = self.rows("select title, is_read, is_important from Messages")
        return {title for title, read, _ in rows if read}, {title for title, _, starred in rows if starred}


def acts(town, guard, screen):
    """Each act by its key, and then a fetch, which sends what is new before it asks: afterwards both must have the same marks."""
    fetched = 0

    def agrees(what):
        nonlocal fetched
        fetched += 1
        screen.types(WINDOW, FETCH)
        waits(lambda: guard.fetches() >= fetched, f"no fetch after {what}")
        # What it didn't send then, it sends once a minute.
        waits(lambda: guard.marks() == town.marks(), f"{what}: it has other marks than the server")

    def presses(keys, until, what):
        screen.types(WINDOW, *keys)
        return waits(until, f"{what} did nothing")

    before, stars = guard.marks()
    assert (before, stars) == town.marks(), "marks differ before anything is done"
    # The first key may be lost while it starts. Once an article is open, keys do what they say.
    opened = set()
    for _ in range(10):
        screen.types(WINDOW, NEXT_FEED, NEXT_ARTICLE)
        with contextlib.suppress(AssertionError):
            opened = waits(lambda: guard.marks()[0] - before, "nothing opened", 8)
            break
    assert opened, "no article was opened"
    presses([STAR], lambda: guard.marks()[1] - stars, "the key for a star")
    agrees("an opened and starred article")
    read, starred = town.marks()
    assert starred - stars and starred - stars <= opened <= read, (opened, read, starred)

    presses([UNREAD], lambda: guard.marks()[0] < read, "unread")
    presses([STAR], lambda: guard.marks()[1] == stars, "the key for a star")
    # After a fetch it opens what is selected once more, so another list is shown first.
    screen.types(WINDOW, NEXT_FEED)
    agrees("an article unread and without its star")
    assert town.marks()[0] < read and town.marks()[1] == stars, town.marks()

    # That was the account and its folder; a feed is next.
    read = town.marks()[0]
    presses([NEXT_FEED, FEED_READ], lambda: len(guard.marks()[0] - read) >= ARTICLES - 1, "a feed's mark")
    agrees("a feed that was marked as read")
    feeds = {title.split("-")[0] for title in town.marks()[0] - read}
    assert len(feeds) == 1, feeds

    presses([ALL_READ], lambda: len(guard.marks()[0]) == FEEDS * ARTICLES, "mark all")
    agrees("everything marked as read")
    assert town.unread() == 0, town.unread()
    return town.sum()


def run(town):
    guard = Guard(town)
    # Its folder is made by a first start.
    assert guard.runs(lambda: os.path.exists(guard.database) and guard.rows("select count(*) from Accounts"), 60)
    guard.account(town)
    town.spent()
    # A fetch that begins before the feeds are known finds nothing, so that comes with the next start.
    assert guard.runs(lambda: guard.rows("select count(*) from Feeds") == [(FEEDS,)], 150), "its feeds aren't there"
    guard.set("feeds", {"feeds_update_on_startup": "true", "feeds_update_on_startup_delay": "1"})
    wanted = FEEDS * ARTICLES
    guard.runs(lambda: guard.rows("select count(*) from Messages") == [(wanted,)], 150)
    messages = guard.rows("select title, contents, is_read, is_important, custom_id from Messages")
    first = town.sum()
    assert len(messages) == wanted, (len(messages), first)
    assert all(title.startswith("Article ") and "The text of" in text for title, text, *_ in messages), messages[:2]
    assert all(name.startswith("tag:google.com,2005:reader/item/000") for *_, name in messages), messages[:2]
    town.mark("Article 4-4")
    article = town.ids()["Article 5-5"]
    town.call(f"/api/v1/stars/{article['id']}", method="PUT")
    town.spent()
    state = "select is_read, is_important from Messages where title = '{}'"
    done = lambda: guard.rows(state.format("Article 4-4")) == [(1, 0)] and guard.rows(state.format("Article 5-5")) == [(0, 1)]
    assert guard.runs(done, 60), "what was marked elsewhere isn't seen"
    again = town.sum()
    # Once more, with nothing new: nothing may be read or written for it.
    asked = lambda: any("/ids" in route for route, *_ in seen)
    seen = []
    assert guard.runs(lambda: seen.extend(town.spent()) or asked(), 60), "it asked for nothing"
    time.sleep(2)
    idle = [*seen, *town.spent()]
    idle = {
        "requests": len(idle),
        "reads": sum(line[2] for line in idle),
        "writes": sum(line[3] for line in idle),
        "routes": sorted({line[0] for line in idle}),
        "refused": [],
    }
    assert (idle["reads"], idle["writes"]) == (0, 0), idle
    # Now it fetches when its key is pressed, and not in the middle of the acts.
    guard.set("feeds", {"feeds_update_on_startup": "false"})
    screen = display.Display(town.folder)
    try:
        with guard.running(QT_QPA_PLATFORM="xcb", DISPLAY=screen.name):
            done = acts(town, guard, screen)
    finally:
        screen.close()
    return {"first": first, "again": again, "idle": idle, "acts": done}
