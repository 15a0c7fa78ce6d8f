"""RSS Guard, with its FreshRSS preset, without a display."""

import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from town import ARTICLES, EMAIL, FEEDS

KEY = 0x1122334455667788
QUIET = {
    "QT_QPA_PLATFORM": "offscreen",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
}


def program():
    return shutil.which("rssguard")


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

    def runs(self, until, seconds):
        """Runs it until something holds, at most so long."""
        process = subprocess.Popen(
            ["rssguard", "-d", self.folder],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            for _ in range(seconds * 2):
                if until():
                    return True
                time.sleep(0.5)
            return False
        finally:
            # It saves what it knows when it is asked to end.
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)

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
        config = os.path.join(self.folder, "config", "config.ini")
        text = ""
        if os.path.exists(config):
            with open(config, encoding="utf-8") as file:
                text = file.read()
        more = "feeds_update_on_startup=true\nfeeds_update_startup_delay=1\n"
        text = text.replace("[feeds]\n", f"[feeds]\n{more}") if "[feeds]" in text else text + f"\n[feeds]\n{more}"
        with open(config, "w", encoding="utf-8") as file:
            file.write(text)


def run(town):
    guard = Guard(town)
    # Its folder is made by a first start.
    assert guard.runs(lambda: os.path.exists(guard.database) and guard.rows("select count(*) from Accounts"), 60)
    guard.account(town)
    town.spent()
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
    return {"first": first, "again": again}
