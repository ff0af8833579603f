"""What tests of several files use, made when it is first wanted and closed in the end: starting it takes longer than most
of what is tried. A test leaves it as it was, but for what a proxy holds."""

import atexit
import functools
import subprocess

from .browser import Browser
from .mintcache import REPOSITORY, Mintcache
from .relay import Relay
from .site import Site


def _shared(make):
    @functools.cache
    def made():
        resource = make()
        atexit.register(resource.close)
        return resource

    return made


@_shared
def browser():
    return Browser()


@_shared
def mintcache():
    # Failures are told again only for as long as it takes to see them.
    return Mintcache("cache: { error_ttl: 10ms }\n")


@_shared
def relay():
    """The wire to the admin listener."""
    return Relay(mintcache().admin_port)


@_shared
def gallery():
    """The example gallery's files, on an origin of their own."""
    subprocess.run([REPOSITORY / "scripts" / "build-gallery.sh"], check=True)
    return Site(REPOSITORY / "examples" / "gallery")
