"""Real clients against a real server: each adds the account, syncs thirty feeds of twenty articles, reads, stars, marks all, and sees
what was marked elsewhere. Without arguments all that are there; a client that is missing fails where CI is set."""

import os
import sys
import traceback

import elfeed
import fever_library
import liferea
import newsboat
import rssguard
from town import Town

CLIENTS = {
    "newsboat": newsboat,
    "rssguard": rssguard,
    "fever": fever_library,
    "liferea": liferea,
    "elfeed": elfeed,
}
# These are needed where CI is set; elfeed where ELFEED_PROTOCOL is; the others are asked for by name.
USUAL = ["newsboat", "rssguard", "fever"]


def main():
    names = sys.argv[1:] or [*USUAL, "elfeed"]
    needed = {*USUAL, *sys.argv[1:]} - {"elfeed"} | ({"elfeed"} if os.environ.get("ELFEED_PROTOCOL") else set())
    skipped, failed = [], []
    for name in names:
        client = CLIENTS[name]
        if not client.program():
            skipped.append(name)
            continue
        town = Town()
        try:
            told = client.run(town)
            for journey, sum_ in told.items():
                print(
                    f"{name:9} {journey:6} {sum_['requests']:4} requests {sum_['reads']:5} reads {sum_['writes']:4} writes  "
                    + ", ".join(sum_["routes"])
                )
                assert not sum_["refused"], sum_["refused"]
            print(f"{name:9} ok")
        except Exception:
            failed.append(name)
            traceback.print_exc()
            print(f"{name}: {town.sum()}")
        finally:
            town.close()
    if skipped:
        print(f"skipped: {len(skipped)} ({', '.join(skipped)}: not installed)")
    if failed or (needed & set(skipped) and os.environ.get("CI")):
        print(f"failed: {', '.join(failed) or 'clients are missing'}")
        sys.exit(1)


if __name__ == "__main__":
    main()
