#!/usr/bin/env python3
"""Rehearses the image without Docker, as the Dockerfile has it.

The binary is built by the first stage's own command (into .build-image, so that the next rehearsal is quick). A Debian
root is made, the last stage's RUN is run and its COPY copied there. Then the proxy is started as its process 1: as the
image's user, without capabilities, on a read-only root, in namespaces of its own. It must become healthy by the image's
own HEALTHCHECK, answer, write nowhere but in the volume that docker-compose.yml gives it, and end with 0 after the
image's STOPSIGNAL.

Needs root, debootstrap and Debian's mirrors. Everything it made is removed at the end.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

from rehearsal.dockerfile import stages
from rehearsal.root import PATH, Container, Root

REPOSITORY = Path(__file__).resolve().parents[1]
SCRATCH_PATH = REPOSITORY / ".build-image"
# As long as the platforms are told to wait.
PATIENCE = json.loads((REPOSITORY / "railway.json").read_text())["deploy"]["drainingSeconds"]


def step(words):
    print(f"rehearsal: {words}", flush=True)


def require(condition, words, log=""):
    if not condition:
        sys.exit(f"rehearsal: FAILED: {words}\n{log}")
    step(f"ok: {words}")


def build(stage, results):
    """Runs the command that builds the binary, with what it leaves in / put into a folder."""
    command = next(text for text in stage.texts("RUN") if "swift build" in text)
    command = command.replace("swift build ", f"swift build --scratch-path {SCRATCH_PATH} ")
    command = re.sub(r" /result/", f" {results}/", command)
    subprocess.run(["/bin/bash", "-euc", command], check=True, cwd=REPOSITORY, stdout=sys.stderr)


def is_sent_to_the_builder(path):
    """Whether .dockerignore, which names what is not ignored, lets a path in."""
    let_in = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    return any(path == each or path.startswith(each.rstrip("/") + "/") for each in let_in)


def assemble(root, stage, results):
    """Does what the last stage says, in its order."""
    copies = stage.copies()
    for keyword, text in stage.instructions:
        if keyword == "RUN":
            root.build(text)
        elif keyword == "COPY":
            other, sources, target = next(copies)
            for source in sources:
                require(other or is_sent_to_the_builder(source), f"{source} is copied")
                copy((results / Path(source).name) if other else REPOSITORY / source, root.inside(target))


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def volumes(root):
    """Folders outside of the root for what Compose mounts into the proxy, with their owner and mode in the image."""
    found = {}
    compose = (REPOSITORY / "docker-compose.yml").read_text()
    for path in re.findall(r"^      - mintcache-\w+:(/\S+)$", compose, re.MULTILINE):
        inner, outer = root.inside(path), root.path.parent / Path(path).name
        outer.mkdir()
        shutil.copystat(inner, outer)
        os.chown(outer, inner.stat().st_uid, inner.stat().st_gid)
        found[outer] = path
    return found


def until_healthy(container, stage):
    """Asks as Docker would, only more often."""
    deadline = time.monotonic() + stage.duration("start-period") + stage.duration("interval") * 3
    check = stage.command("HEALTHCHECK")
    while container.is_running and time.monotonic() < deadline:
        if container.run(*check)[0] == 0:
            return True
        time.sleep(0.2)
    return False


def rehearse(root, stage):
    user = stage.last("USER").split(":")
    folder = stage.last("WORKDIR")
    environment = {"PATH": PATH, **stage.environment()}
    program = stage.command("ENTRYPOINT")
    command = program + stage.command("CMD")
    with Container(root, command, user, folder, environment, volumes(root)) as container:
        require(until_healthy(container, stage), f"healthy: {' '.join(stage.command('HEALTHCHECK'))}", container.log())
        _, status = container.run("cat", "/proc/1/status")
        require(re.search(rf"^Uid:\s{user[0]}\s{user[0]}\s", status, re.M), f"process 1 belongs to user {user[0]}")
        rights = re.findall(r"^Cap(?:Prm|Eff|Bnd):\s(\w+)", status, re.M)
        require({int(each, 16) for each in rights} == {0}, "it has no capabilities")
        _, said = container.run("touch", "/usr/local/bin/x", "/etc/x", f"{folder}/x", is_root=True)
        require(said.count("Read-only file system") == 3, "not even root could write to the image", said)
        _, libraries = container.run("ldd", program[0])
        require("not found" not in libraries, "every library is there", libraries)
        require("libswift" not in libraries, "Swift's own libraries are in the binary", libraries)
        migration = json.loads((REPOSITORY / "railway.json").read_text())["deploy"]["preDeployCommand"][0]
        status, said = container.run(*migration.split())
        require(status == 0, f"before a deployment: {migration}", said)
        status, said = container.run(*program, "stats")
        require(status == 0, "the admin API answers: mintcache stats", said)
        signal = stage.last("STOPSIGNAL")
        status, seconds = container.stop(signal, PATIENCE)
        require(status == 0, f"{signal} ended it with {status} after {seconds:.1f} s", container.log())


def main():
    if os.geteuid() != 0:
        sys.exit("rehearsal: needs root, to mount and to change the root folder")
    builder, image = stages((REPOSITORY / "Dockerfile").read_text())
    release = re.fullmatch(r"debian:(\w+)-slim", image.image)[1]
    step(f"a root of Debian {release}")
    with Root(release) as root:
        results = root.path.parent / "result"
        results.mkdir()
        step("the binary")
        build(builder, results)
        step("the image")
        assemble(root, image, results)
        rehearse(root, image)
    step("all is well")


if __name__ == "__main__":
    main()
