"""A display that nobody sees, with a window manager: without one, no window has the keys."""

import os
import shutil
import signal
import subprocess
import time

NEEDED = ["Xvfb", "openbox", "xdotool"]


def is_there():
    return all(shutil.which(name) for name in NEEDED)


def ends(process, whole_group=False):
    """Asks a process of ours to end, and ends it if it doesn't."""
    try:
        os.killpg(process.pid, signal.SIGTERM) if whole_group else process.terminate()
        process.wait(10)
    except (subprocess.TimeoutExpired, ProcessLookupError):
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(10)


class Display:
    def __init__(self, folder):
        self.started = []
        home = os.path.join(folder, "display")
        os.makedirs(home, exist_ok=True)
        # It takes the first number that is free, and says so once it can be used.
        ear, mouth = os.pipe()
        try:
            screen = ["-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]
            self.start(["Xvfb", "-displayfd", str(mouth), *screen], dict(os.environ), pass_fds=[mouth])
        finally:
            os.close(mouth)
        try:
            with os.fdopen(ear) as file:
                number = file.readline().strip()
            assert number, "no display"
            self.name = f":{number}"
            self.environment = {**os.environ, "DISPLAY": self.name, "HOME": home}
            self.start(["openbox", "--sm-disable"], self.environment)
        except BaseException:
            self.close()
            raise

    def start(self, command, environment, **more):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=environment, start_new_session=True, **quiet, **more)
        self.started.append(process)

    def asks(self, *args):
        """What xdotool says; nothing if it fails."""
        try:
            done = subprocess.run(
                ["xdotool", *args], env=self.environment, capture_output=True, text=True, timeout=20, check=False
            )
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    def fronts(self, name, seconds=90):
        """Waits for the window of this name to be there and to have the keys."""
        for _ in range(seconds * 4):
            for window in self.asks("search", "--onlyvisible", "--name", name).split():
                if self.asks("getactivewindow") == window:
                    return
                self.asks("windowactivate", window)
            time.sleep(0.25)
        raise AssertionError(f"no window {name!r} has the keys")

    def types(self, name, *keys):
        self.fronts(name)
        for key in keys:
            self.asks("key", "--clearmodifiers", key)
            time.sleep(0.3)

    def close(self):
        for process in reversed(self.started):
            ends(process)


def waits(until, what, seconds=90):
    """Waits until something holds, and returns it."""
    last = time.monotonic() + seconds
    while True:
        found = until()
        if found:
            return found
        assert time.monotonic() < last, what
        time.sleep(0.5)
