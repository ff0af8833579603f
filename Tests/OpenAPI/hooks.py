"""What schemathesis has to know about Mintcache: values that exist, and rules that the description cannot tell."""

import os

import requests
import schemathesis
from hypothesis import strategies as st

# What the server refuses by itself, whatever the path: the description has it as `default`.
REFUSED = {400, 408, 413, 414, 417, 431, 501, 505}

CONTRACTS = os.environ["MINTCACHE_CONTRACTS"].split(",")
HEX = "0123456789abcdef"


def text(alphabet, least, most):
    return st.text(alphabet, min_size=least, max_size=most)


chains = st.sampled_from(["demo", "demo", "eip155:1337"]) | text("abcdefghijklmnopqrstuvwxyz0123456789-", 1, 12)
addresses = st.sampled_from(CONTRACTS) | text(HEX, 40, 40).map(lambda digits: f"0x{digits}")
tokens = st.integers(0, 20).map(str) | st.integers(0, 2**256 - 1).flatmap(lambda n: st.sampled_from([str(n), hex(n)]))
assets = st.tuples(st.sampled_from(["erc721", "erc1155"]), addresses).map(":".join)
jobs = st.just(os.environ["MINTCACHE_JOB"]) | text(HEX, 16, 16)

for name, strategy in {
    "chain": chains,
    "chain-name": st.just("demo") | text("abcdefghijklmnopqrstuvwxyz-", 1, 12),
    "address": addresses,
    "uint256": tokens,
    "asset": assets,
    "caip19": st.tuples(assets, st.integers(0, 30)).map(lambda parts: f"eip155:1337/{parts[0]}/{parts[1]}"),
    "cid": st.sampled_from([
        "bafybeigawuwziivtocjskfekdewak5at2lmpyqs7pexfahmwe5emgvaeni", "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
        "bafkreifjbbals7sswq67fhgfwrkletja2pcgcs2rf3b24h55w7cazb44aq",
    ]),
    "ipns-name": st.sampled_from(["docs.ipfs.tech", "k51qzi5uqu5djdczd6zw0grmo23j2vkj9uzvujencg15s5rlkq0ss4ivll8wqw"]),
    "transaction": text("ABCxyz019_-", 42, 42).map(lambda digits: f"{digits}A"),
    "job": jobs,
    "lines": st.lists(assets, min_size=1, max_size=5).map(
        lambda names: "".join(f'"eip155:1337/{name}/{number}"\n' for number, name in enumerate(names))
    ),
    "origin": st.just("https://app.example.com"),
    "route": st.sampled_from(["ipfs", "ipns", "ar"]),
    "route-url": st.just("/ipfs/"),
}.items():
    schemathesis.openapi.format(name, strategy)


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return str(value).encode(errors="replace")


def written_out(value):
    """JSON Schema takes 8.0 for an integer; token identifiers are read digit by digit."""
    if isinstance(value, dict):
        return {name: written_out(member) for name, member in value.items()}
    if isinstance(value, list):
        return [written_out(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes requests that say what they mean, and keeps jobs from fetching every token there is at once."""
    if isinstance(case.body, dict | list):
        case.body = written_out(case.body)
    if "Range" in case.headers:
        # A part of a compressed answer cannot be decompressed.
        case.headers["Accept-Encoding"] = "identity"
    if case.operation.path in ("/admin/warm", "/admin/refresh") and isinstance(case.body, dict):
        # The query is for bodies of lines.
        if case.meta.generation.mode.is_positive:
            case.query = {}
        if isinstance(case.body.get("rate", 0), int):
            case.body["rate"] = min(case.body.get("rate") or 50, 50)


@schemathesis.hook
def after_call(context, case, response):
    """Ends a job that has begun, so that the next finds a place."""
    location = response.headers.get("location", [""])[0]
    if response.status_code == 202 and location.startswith("/admin/warm/"):
        requests.delete(_base(response) + location, headers=_authorization(), timeout=30).raise_for_status()


@schemathesis.check
def statuses_are_listed(context, response, case):
    """`default` is for what the server refuses by itself alone."""
    listed = case.operation.responses.status_codes
    if str(response.status_code) in listed or response.status_code in REFUSED:
        return None
    methods = {method.lower() for method in case.operation.schema[case.operation.path]}
    if response.status_code == 405 and response.request.method.lower() not in methods:
        return None
    if response.status_code == 204 and response.request.method == "OPTIONS":
        return None
    raise AssertionError(f"{response.status_code} is not listed for {case.operation.label}")


@schemathesis.check
def problems_tell_their_status(context, response, case):
    """RFC 9457, section 3.1.2; and nothing of the process's own."""
    types = response.headers.get("content-type", [""])
    if not types[0].startswith("application/problem+json") or response.request.method == "HEAD":
        return None
    assert response.json()["status"] == response.status_code, "the document's status is not the answer's"
    return None


_tried = set()


@schemathesis.check
def head_is_like_get(context, response, case):
    """Wherever GET is, HEAD is, with its status, and without a body."""
    if case.operation.definition.raw["operationId"] == "alchemyRefreshByQuery":
        return None
    if response.request.method != "GET" or (case.operation.label, response.status_code) in _tried:
        return None
    _tried.add((case.operation.label, response.status_code))
    headers = dict(response.request.headers)
    again = requests.head(response.request.url, headers=headers, allow_redirects=False, timeout=30)
    allowed = {response.status_code, 429} | ({200} if response.status_code in (206, 416) else set())
    assert again.status_code in allowed, f"GET: {response.status_code}, HEAD: {again.status_code}"
    assert not again.content, "HEAD has a body"
    return None


@schemathesis.check
def admin_needs_the_token(context, response, case):
    """Without one every operation of the admin API is refused before anything else."""
    security = case.operation.definition.raw.get("security") or [{}]
    if "adminToken" not in security[0] or ("token", case.operation.label) in _tried:
        return None
    if response.request.method != case.operation.method.upper():
        return None
    _tried.add(("token", case.operation.label))
    bare = requests.request(response.request.method, response.request.url, timeout=30)
    assert bare.status_code == 401, f"without a token: {bare.status_code}"
    assert bare.headers.get("www-authenticate", "").startswith("Bearer"), "401 without a challenge"
    return None


def _authorization():
    return {"Authorization": f"Bearer {os.environ['MINTCACHE_TOKEN']}"}


def _base(response):
    return "/".join(response.request.url.split("/")[:3])
