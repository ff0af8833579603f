"""A thousand clients ask for one cold thing at once."""

import json
import statistics
import subprocess

from .processes import BenchmarkError

TIMEOUT_MS = 20000


def one_herd(lab, server, number):
    """Sends one herd. Times are relative to the origin's answer: its delay after the first request."""
    before = server.origin_fetches()
    arguments = [lab.tool("herd"), str(server.port), str(lab.plan.herd_connections), "/healthz"]
    arguments += [server.herd_path(number), str(TIMEOUT_MS)]
    output = subprocess.run(
        lab.client_command(arguments), capture_output=True, text=True, timeout=TIMEOUT_MS / 1000 * 3, check=False
    )
    if output.returncode != 0:
        raise BenchmarkError(f"herd against {server.name}: {output.stderr.strip()}")
    result = json.loads(output.stdout)
    if result["answered"] == 0:
        raise BenchmarkError(f"herd against {server.name}: no answer within {TIMEOUT_MS} ms")
    delay = lab.plan.herd_delay_ms
    return {
        "answered": result["answered"],
        "statuses": result["statuses"],
        "failures": result["failures"],
        "same_body": result["same_body"],
        "origin_fetches": server.origin_fetches() - before,
        "send_ms": result["send_ms"],
        "first_after_origin_ms": result["first_ms"] - delay,
        "median_after_origin_ms": result["median_ms"] - delay,
        "last_after_origin_ms": result["last_ms"] - delay,
        # The origin's answer comes at least its delay after the herd, and later by what the requests and the call that
        # precedes the document take; nobody is answered before it, so from here on the time is the server's alone.
        "spread_ms": result["last_ms"] - result["first_ms"],
    }


def herds(lab, kinds):
    """All servers in turn, round after round; medians of the times, extremes of the counts."""
    samples = {kind.name: [] for kind in kinds}
    for number in range(lab.plan.herd_rounds):
        for kind in kinds:
            delayed = type(kind.__name__, (kind,), {"delay_ms": lab.plan.herd_delay_ms})
            with delayed(lab) as server:
                samples[kind.name].append(one_herd(lab, server, number))
    return {name: {**summary(rounds), "rounds": rounds} for name, rounds in samples.items()}


def summary(rounds):
    times = {key: statistics.median(r[key] for r in rounds) for key in rounds[0] if key.endswith("_ms")}
    return {
        **times,
        "most_origin_fetches": max(r["origin_fetches"] for r in rounds),
        "fewest_ok": min(r["statuses"].get("200", 0) for r in rounds),
        "same_body": all(r["same_body"] for r in rounds),
    }
