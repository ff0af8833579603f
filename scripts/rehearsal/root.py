"""A Debian root folder, and programs in it as a container would run them."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path


PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Root:
    """A folder that is `/` to what runs in it: Debian's smallest, of a release."""

    def __init__(self, release):
        self.scratch = tempfile.TemporaryDirectory(prefix="mintcache-image-")
        self.path = Path(self.scratch.name) / "root"
        subprocess.run(
            ["debootstrap", "--variant=minbase", release, self.path], check=True, stdout=subprocess.DEVNULL,
            env={"PATH": PATH},
        )
        # The image has these as well.
        suites = [f"http://deb.debian.org/debian {release}-updates", f"http://deb.debian.org/debian-security {release}-security"]
        with (self.path / "etc/apt/sources.list").open("a") as sources:
            sources.writelines(f"deb {suite} main\n" for suite in suites)
        (self.path / "etc/resolv.conf").write_text(Path("/etc/resolv.conf").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # What was mounted went with its namespace; should anything be left, it is not ours to delete.
        subprocess.run(["rm", "-rf", "--one-file-system", self.scratch.name], check=True)

    def inside(self, path):
        """A path of the image, on this machine."""
        return self.path / str(path).lstrip("/")

    def build(self, command):
        """`RUN`: as root, with the network."""
        script = 'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh -c "$1"'
        run = ["unshare", "--mount", "--pid", "--fork", "/bin/sh", "-c", script, self.path, command]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL, env={"PATH": PATH, "LC_ALL": "C"})


class Container:
    """A program as process 1 of a root nobody can write to, without rights, in namespaces of its own.

    Writable are `volumes` and /tmp; the network is its own loopback.
    """

    # Mounts live in the namespace and go with it. /dev is what containers have of it.
    PREPARE = """
        set -eu
        root=$1; shift
        ip link set lo up
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
        mount -t tmpfs -o nosuid,nodev,noexec,size=64m tmpfs "$root/tmp"
        while [ "$1" != -- ]; do mount --bind "$1" "$root$2"; shift 2; done
        shift
        exec chroot "$root" "$@"
    """

    def __init__(self, root, command, user, folder, environment, volumes):
        self._command = ["setpriv", "--reuid", user[0], "--regid", user[1], "--clear-groups", "--no-new-privs"]
        self._command += ["--bounding-set=-all", "--inh-caps=-all", "--"]
        self._command += ["env", "-i", "-C", folder, *(f"{name}={value}" for name, value in environment.items())]
        mounts = [str(part) for volume in volumes.items() for part in volume]
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "/bin/sh", "-c"]
            + [self.PREPARE, "sh", str(root.path), *mounts, "--", *self._command, *command],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={"PATH": PATH},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def is_running(self):
        return self._process.poll() is None

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def _first(self):
        """Its process 1, by this machine's numbers."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return children[0] if children else None

    def run(self, *command, is_root=False):
        """Runs a program beside it, as the same user or as root; returns its exit status and output."""
        first = self._first()
        if first is None:
            return -1, ""
        enter = ["nsenter", "--target", first, "--mount", "--pid", "--net", "--root", "--wd=/"]
        ended = subprocess.run(
            enter + ([] if is_root else self._command) + list(command),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, env={"PATH": PATH},
        )
        return ended.returncode, ended.stdout

    def stop(self, name, within):
        """Sends process 1 a signal; returns its exit status and how many seconds it took."""
        started = time.monotonic()
        os.kill(int(self._first()), signal.Signals[name])
        return self._process.wait(timeout=within), time.monotonic() - started
