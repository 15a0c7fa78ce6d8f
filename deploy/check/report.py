"""What the checks have in common: one line for each, and the end of the run."""

from pathlib import Path


class Report:
    """Collects what was found out. A check that can't be made is said to be skipped, with the reason."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def check(self, fits, where, what, otherwise=""):
        """One line: `what` should be so in `where`; `otherwise` is what to do if it isn't."""
        if fits:
            self.passed += 1
            print(f"ok    {where}: {what}")
        else:
            self.failed += 1
            print(f"FAIL  {where}: not so: {what}" + (f". {otherwise}" if otherwise else ""))
        return fits

    def attempt(self, where, what, action):
        """Does `action`, and fails with the error's own words. Gives what it gave."""
        try:
            result = action()
        except Exception as error:  # Google's parsers have a dozen kinds of errors in no common family.
            words = " ".join(str(error).split())[:300]
            self.check(False, where, what, f"{type(error).__name__}: {words}")
            return None
        self.check(True, where, what)
        return result

    def skip(self, where, what, reason):
        print(f"skip  {where}: {what}: {reason}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def read(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")
