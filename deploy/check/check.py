"""Whether what we deploy with is right: `python deploy/check/check.py [ROOT]`.

Google's own parsers say whether the files can be read. What they don't look at is asserted here: that nothing keeps an
instance awake, that everybody comes over TLS, that a caller waits longer than a tick may take, that every address which a
scheduler calls has a route. One line for each check; exit 1 if one fails.
"""

import sys
from pathlib import Path

import appengine
import cloudrun
import commands
import edge
import google_cloud_sdk
import home
import terraform
from report import Report


PARTS = (appengine, google_cloud_sdk, cloudrun, commands, terraform, edge, home)


def run(root, parts=PARTS):
    """Makes the checks of these parts; 0 if all is well, else 1."""
    report = Report()
    for part in parts:
        try:
            part.check(root, report)
        except (OSError, LookupError, TypeError, AttributeError, ValueError) as error:
            # A file or a key that isn't there: what follows it can't be judged, and that is a failure.
            report.check(False, part.__name__, "everything could be judged", f"{type(error).__name__}: {error}")
    return report.end()


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()))
