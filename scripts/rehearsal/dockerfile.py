"""Reads as much of a Dockerfile as ours uses, and refuses the rest."""

import json
import re
import shlex


class Stage:
    """One `FROM` and what follows it."""

    def __init__(self, image, name):
        self.image = image
        self.name = name
        self.instructions = []

    def texts(self, keyword):
        """What stands after each instruction of a kind."""
        return [text for each, text in self.instructions if each == keyword]

    def last(self, keyword):
        """What stands after the last instruction of a kind; there must be one."""
        return self.texts(keyword)[-1]

    def command(self, keyword):
        """An instruction's exec form, a list of words."""
        text = self.last(keyword)
        return json.loads(text[text.index("[") :])

    def environment(self):
        """`ENV`, with each `ARG` at its default."""
        defaults = dict(text.split("=", 1) for text in self.texts("ARG") if "=" in text)
        pairs = (word.split("=", 1) for text in self.texts("ENV") for word in shlex.split(text))
        return {name: re.sub(r"\$\{?(\w+)\}?", lambda match: defaults[match[1]], value) for name, value in pairs}

    def copies(self):
        """`COPY`: the stage it copies from, or none; what; and to where."""
        for text in self.texts("COPY"):
            words = shlex.split(text)
            options = [word for word in words if word.startswith("--")]
            *sources, target = [word for word in words if not word.startswith("--")]
            source_stage = next((word.removeprefix("--from=") for word in options), None)
            yield source_stage, sources, target

    def duration(self, option):
        """An option of `HEALTHCHECK`, in seconds."""
        return int(re.search(rf"--{option}=(\d+)s\b", self.last("HEALTHCHECK"))[1])


KNOWN = "FROM ARG ENV RUN COPY WORKDIR USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()


def stages(text):
    """The stages, in their order."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    found = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if not line.strip():
            continue
        keyword, _, rest = line.partition(" ")
        if keyword not in KNOWN:
            raise ValueError(f"the rehearsal does not know {keyword}")
        if keyword == "FROM":
            words = rest.split()
            found.append(Stage(words[0], words[2] if len(words) == 3 else None))
        else:
            found[-1].instructions.append((keyword, rest.strip()))
    return found
