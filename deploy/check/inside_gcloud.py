"""Runs inside gcloud's own Python: `inside_gcloud.py SDK ROOT WANTED…`. Prints a line of four fields for each check.

Nothing of this is an interface that Google promises; where it changes, the line "it could be asked" fails and this is to be
looked at. No project, credential or network is needed.
"""

import sys

sdk, root, *wanted = sys.argv[1:]
sys.path[:0] = [f"{sdk}/lib", f"{sdk}/lib/third_party"]

from googlecloudsdk.api_lib.app import yaml_parsing  # noqa: E402
from googlecloudsdk.api_lib.util import apis  # noqa: E402
from googlecloudsdk.api_lib.util import messages as messages_util  # noqa: E402
from googlecloudsdk.appengine.googlecron import groctimespecification  # noqa: E402
from googlecloudsdk.command_lib.util import gcloudignore  # noqa: E402
from googlecloudsdk.core import yaml  # noqa: E402


def attempt(where, what, action):
    try:
        result = action()
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print(f"0\t{where}\t{what}\t{words}")
        return None
    print(f"1\t{where}\t{what}\t")
    return result


def say(fits, where, what, otherwise=""):
    print(f"{int(fits)}\t{where}\t{what}\t{otherwise}")


service = attempt(
    "app.yaml", "gcloud's parser reads it", lambda: yaml_parsing.ServiceYamlInfo.FromFile(f"{root}/app.yaml")
)
if service:
    say(
        service.is_ti_runtime and not service.RequiresImage(),
        "app.yaml",
        "gcloud takes it for the standard environment",
    )
cron = attempt(
    "cron.yaml", "gcloud's parser reads it", lambda: yaml_parsing.ConfigYamlInfo.FromFile(f"{root}/cron.yaml")
)
attempt("index.yaml", "gcloud's parser reads it", lambda: yaml_parsing.ConfigYamlInfo.FromFile(f"{root}/index.yaml"))
for entry in cron.parsed.cron if cron else []:
    attempt(
        f"cron.yaml {entry.url}",
        f"gcloud's grammar reads “{entry.schedule}”",
        lambda: groctimespecification.GrocTimeSpecification(entry.schedule),
    )

# As `gcloud run services replace` reads it: a field that the API doesn't have is an error.
attempt(
    "deploy/cloudrun/service.yaml",
    "it has only fields that Cloud Run's API has",
    lambda: messages_util.DictToMessageWithErrorCheck(
        yaml.load_path(f"{root}/deploy/cloudrun/service.yaml"), apis.GetMessagesModule("run", "v1").Service
    ),
)

chooser = gcloudignore.GetFileChooserForDir(root)
kept = [path for path in wanted if not chooser.IsIncluded(path)]
say(not kept, ".gcloudignore", "what is needed is uploaded", "Not these: " + ", ".join(kept))
files = {path for path in chooser.GetIncludedFiles(root, include_dirs=False)}
more = sorted(files - set(wanted))
say(not more, ".gcloudignore", "nothing else is uploaded", "These would be: " + ", ".join(more[:5]))
