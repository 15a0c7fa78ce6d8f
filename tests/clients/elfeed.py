"""elfeed-protocol in batch Emacs, which speaks Fever and counts on dense numbers. ELFEED_PROTOCOL names the folder that has it.

Each journey is an Emacs of its own over the same database, as somebody who closes it each time."""

import glob
import os
import shutil
import subprocess

from town import ARTICLES, EMAIL, FEEDS

SCRIPT = """
(require 'cl-lib) (require 'map)
(setq elfeed-db-directory "{folder}/db" elfeed-use-curl t elfeed-log-level 'warn
      elfeed-protocol-enabled-protocols '(fever)
      account "http://{user}@{host}"
      elfeed-feeds '(("fever+http://{user}@{host}" :api-url "{base}/fever/" :password "{token}"))
      elfeed-protocol-feeds elfeed-feeds)
(require 'elfeed) (require 'elfeed-protocol)
(elfeed-protocol-enable)
(defun settle ()
  "Waits until nothing was under way for a second, three minutes at most."
  (let ((end (+ (float-time) 180)) (quiet (float-time)))
    (while (and (< (float-time) end) (< (- (float-time) quiet) 1))
      (accept-process-output nil 0.1)
      (unless (zerop (elfeed-queue-count-total)) (setq quiet (float-time))))))
(defun entries () (let (all) (with-elfeed-db-visit (entry feed) (push entry all)) all))
(defun titled (title) (cl-find title (entries) :key #'elfeed-entry-title :test #'string=))
{act}
(settle)
(dolist (entry (entries))
  (princ (format "%d\\t%s\\t%s\\n" (elfeed-meta entry :id) (elfeed-entry-title entry) (elfeed-entry-tags entry))))
(princ (format "oldest %d\n" (elfeed-protocol-fever-get-update-mark (concat "fever+" account) 'update-older)))
(elfeed-db-save)
"""


def program():
    folder = os.environ.get("ELFEED_PROTOCOL", "")
    return shutil.which("emacs") and os.path.isdir(folder) and folder


class Elfeed:
    def __init__(self, town):
        self.town = town
        self.folder = os.path.join(town.folder, "elfeed")
        os.mkdir(self.folder)
        paths = glob.glob("/usr/share/emacs/site-lisp/elpa-src/elfeed-*") + [program()]
        self.loads = [part for path in paths for part in ("-L", path)]

    def does(self, act):
        """Runs this; returns the entries by title, with their numbers and tags, and what the server was asked."""
        script = os.path.join(self.folder, "run.el")
        town = self.town
        host = town.base.removeprefix("http://")
        # The name is what the account's address has, so an @ is written otherwise.
        user = EMAIL.replace("@", "%40")
        with open(script, "w", encoding="utf-8") as file:
            file.write(
                SCRIPT.format(folder=self.folder, user=user, base=town.base, host=host, token=town.tokens["elfeed"], act=act)
            )
        town.spent()
        done = subprocess.run(
            ["emacs", "-Q", "--batch", *self.loads, "-l", script],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "HOME": self.folder},
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 2]
        self.oldest = int(done.stdout.rsplit("oldest ", 1)[1])
        self.said = done.stderr
        return {title: (int(number), tags.strip("()").split()) for number, title, tags in rows}, town.sum()


def run(town):
    elfeed = Elfeed(town)
    told = {}
    entries, told["first"] = elfeed.does("(elfeed-protocol-fever-reinit account)")
    assert len(entries) == FEEDS * ARTICLES, (len(entries), told, elfeed.said[-2000:])
    assert all("unread" in tags for _, tags in entries.values())
    assert sorted(number for number, _ in entries.values()) == list(range(1, len(entries) + 1)), "dense"

    _, told["none"] = elfeed.does("(elfeed-protocol-fever-update account)")

    by_number = {number: title for title, (number, _) in entries.items()}
    # It asks again for the fifty before the first batch that came.
    read, starred, elsewhere = (by_number[number] for number in (3, 4, max(elfeed.oldest - 20, 5)))
    _, told["acts"] = elfeed.does(
        f"""(elfeed-untag (titled "{read}") 'unread) (settle) (elfeed-tag (titled "{starred}") 'star)"""
    )
    assert town.marks() == ({read}, {starred}), town.marks()

    town.mark(elsewhere)
    entries, told["seen"] = elfeed.does("(elfeed-protocol-fever-update-older account)")
    assert "unread" not in entries[elsewhere][1], entries[elsewhere]

    _, told["all"] = elfeed.does("(elfeed-untag (cl-remove-if-not (lambda (e) (elfeed-tagged-p 'unread e)) (entries)) 'unread)")
    assert town.unread() == 0, town.unread()
    return told
