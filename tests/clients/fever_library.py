"""PyPI's freshrss-api, which speaks Fever."""

import glob
import os
import sys

from town import ARTICLES, EMAIL, FEEDS, HERE


def program():
    found = glob.glob(os.path.join(HERE, "venv/lib/*/site-packages/freshrss_api"))
    return found and found[0]


def run(town):
    sys.path.insert(0, os.path.dirname(program()))
    from freshrss_api import FreshRSSAPI

    town.spent()
    client = FreshRSSAPI(host=town.base, username=EMAIL, password=town.tokens["fever"])
    assert len(client.get_feeds()["feeds"]) == FEEDS
    groups = client.get_groups()
    assert [group["title"] for group in groups["groups"]] == ["Town"], groups
    seen, last = {}, 0
    while True:
        items = client._call("items", since_id=last)["items"]
        if not items:
            break
        seen.update({item["id"]: item for item in items})
        last = items[-1]["id"]
    assert len(seen) == FEEDS * ARTICLES and last == len(seen), (len(seen), last)
    assert all(item["title"].startswith("Article ") and "The text of" in item["html"] for item in seen.values())
    first = town.sum()
    assert client._call("items", since_id=last)["items"] == []
    client._call("unread_item_ids")
    idle = town.sum()

    by_title = {item["title"]: number for number, item in seen.items()}
    number = by_title["Article 7-3"]
    client.set_mark("read", number)
    assert town.is_read("Article 7-3")
    client.set_mark("saved", by_title["Article 8-1"])
    assert town.ids()["Article 8-1"]["starred"]
    client.set_mark("unsaved", by_title["Article 8-1"])
    assert not town.ids()["Article 8-1"]["starred"]
    client._call("api", mark="item", as_="unread", id=number)
    assert not town.is_read("Article 7-3")
    town.mark("Article 9-9")
    unread = client._call("unread_item_ids")["unread_item_ids"].split(",")
    assert str(by_title["Article 9-9"]) not in unread and len(unread) == FEEDS * ARTICLES - 1
    client._call("api", mark="group", as_="read", id=0, before=int(town.publishers.now.timestamp()) + 86_400)
    assert town.unread() == 0
    acts = town.sum()
    return {"first": first, "idle": idle, "acts": acts}
