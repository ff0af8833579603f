"""Whether docs/openapi.yaml is valid, and names every problem and every route of the admin API that the sources have."""

import re
import sys
from pathlib import Path

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT / "docs" / "openapi.yaml"
PREFIX = "urn:mintcache:problem:"

# Problem(404, "token-not-found", …), and the slugs that the server itself has for each status.
PROBLEMS = r'(?:Problem|purgeRefusal)\(\s*(?:[^,"()]+,\s*)?"([a-z-]+)",\s*"[A-Z]'
REFUSALS = r'case (?:\d+|_): "([a-z-]+)"'
# case (.get, "/admin/stats"):
ROUTES = r'\(\.(get|post|put|patch|delete), "(/[^"]*)"\)'
# What public paths end in, where the sources name it.
ENDINGS = {
    "Serving/PublicPath.swift": r'segments\[\d\] == "([a-z]+)"|case \(1, "([a-z]+)"\)',
    "DropIn/Alchemy/AlchemyCall.swift": r'case [a-z]+ = "([A-Za-z]+)"',
    "Auth/AuthResource.swift": r"(?<=case )([a-z]+)|(?<=[a-z], )([a-z]+)(?=[,\n])",
}


def texts(folder):
    return {path: path.read_text() for path in sorted((ROOT / folder).rglob("*.swift"))}


def problems_of_sources():
    slugs = {slug for text in texts("Sources/Mintcache").values() for slug in re.findall(PROBLEMS, text)}
    return slugs | set(re.findall(REFUSALS, (ROOT / "Sources/HTTPServing/Handling/RequestFailure.swift").read_text()))


def routes_of_sources():
    files = texts("Sources/Mintcache/Admin") | texts("Sources/Mintcache/Warming")
    found = [route for text in files.values() for route in re.findall(ROUTES, text)]
    return {(method, path.replace("{token}", "{chain}/{contract}/{token_id}")) for method, path in found}


def endings_of_sources():
    for file, pattern in ENDINGS.items():
        found = re.findall(pattern, (ROOT / "Sources/Mintcache" / file).read_text())
        words = {"".join(groups) for groups in found}
        if not words:
            sys.exit(f"{file} names no public path any more")
        yield from words


def differences(description):
    yield from (error.message for error in OpenAPIV31SpecValidator(description).iter_errors())
    types = description["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    described = {name.removeprefix(PREFIX) for name in types}
    sources = problems_of_sources()
    yield from (f"problem {slug} is not described" for slug in sorted(sources - described))
    yield from (f"problem {slug} is described, but nothing has it" for slug in sorted(described - sources))
    if types != sorted(types):
        yield "the problems are not in alphabetical order"
    operations = {(method, path) for path, item in description["paths"].items() for method in item}
    yield from (f"{method.upper()} {path} is not described" for method, path in sorted(routes_of_sources() - operations))
    ends = {path.rsplit("/", 1)[1] for path in description["paths"]}
    yield from (f"no path ends in {word}" for word in sorted(set(endings_of_sources()) - ends))
    if len(routes_of_sources()) < 10:
        yield "the routes of the admin API were not found in the sources"


found = list(differences(yaml.safe_load(DESCRIPTION.read_text())))
for difference in found:
    print(f"{DESCRIPTION.relative_to(ROOT)}: {difference}")
sys.exit(1 if found else 0)
