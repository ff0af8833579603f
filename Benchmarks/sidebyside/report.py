"""The figures as tables a person can read, each beside its references."""

import statistics

from . import settings


def _table(title, header, rows):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        print("  " + "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))))


def _ratio(value, reference):
    return f"{value / reference:.2f}" if value and reference else "–"


def _number(value):
    return "–" if value is None else f"{value:.2f}"


def medians(samples):
    """Medians of every case's rounds. A ratio is the median of the rounds' own ratios: both of its measurements were
    made within seconds of each other, so that what else the machine did cancels out."""
    figures = {}
    for case, servers in samples.items():
        figures[case] = {}
        for name, rounds in servers.items():
            figures[case][name] = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
            for reference in ("responder", "nginx"):
                if reference in servers:
                    ratios = [r["cpu_us"] / base["cpu_us"] for r, base in zip(rounds, servers[reference])]
                    figures[case][name][f"cpu_to_{reference}"] = statistics.median(ratios)
    return figures


def size_name(size):
    return f"{size // settings.KIB} KiB"


def hits(figures):
    """`figures[(size, connections)][server]` holds what `medians` made of one case."""
    for (size, connections), servers in figures.items():
        rows = [
            [
                name,
                f"{f['cpu_us']:.2f}",
                _number(f.get("cpu_to_responder")),
                _number(f.get("cpu_to_nginx")),
                f"{f['requests_per_second']:,.0f}",
                f"{f['p50_us'] / 1000:.2f}",
                f"{f['p99_us'] / 1000:.2f}",
            ]
            for name, f in servers.items()
        ]
        _table(
            f"Memory hits of {size_name(size)}, {connections} keep-alive connection{'s' if connections > 1 else ''}",
            ["server", "CPU µs/request", "× responder", "× nginx", "requests/s", "p50 ms", "p99 ms"],
            rows,
        )


def counts(figures):
    size, connections = settings.COUNTED_CASE
    rows = [
        [
            name,
            f"{f['system_calls']:.3f}",
            _number(f["system_calls_at_full_speed"]),
            f"{f['allocations']:.4f}",
            f"{f['allocated_bytes']:.1f}",
            ", ".join(f"{call} {count:.2f}" for call, count in list(f["by_name"].items())[:4]),
        ]
        for name, f in figures.items()
    ]
    _table(
        f"For each hit of {size_name(size)} at {connections} connections (saturated: strace; full speed: perf)",
        ["server", "calls, saturated", "calls, full speed", "allocations", "bytes allocated", "calls by name"],
        rows,
    )


def herds(figures, plan):
    rows = [
        [
            name,
            f"{f['fewest_ok']}",
            f"{f['most_origin_fetches']}",
            f"{f['first_after_origin_ms']:.1f}",
            f"{f['median_after_origin_ms']:.1f}",
            f"{f['last_after_origin_ms']:.1f}",
            f"{f['spread_ms']:.1f}",
            _ratio(f["last_after_origin_ms"], figures.get("nginx", {}).get("last_after_origin_ms")),
            "yes" if f["same_body"] else "NO",
        ]
        for name, f in figures.items()
    ]
    _table(
        f"{plan.herd_connections} clients at once for one cold answer (origin answers after {plan.herd_delay_ms} ms;"
        " times in ms after that)",
        ["server", "status 200", "origin fetches", "first", "median", "last", "first to last", "last × nginx", "same bytes"],
        rows,
    )


def collection(figures, plan):
    script = figures["script"]
    rows = [
        [
            name,
            f"{f['documents']:,}",
            f"{f['seconds']:.2f}",
            _ratio(f["seconds"], script["seconds"]),
            f"{f['rpc_round_trips']:,}",
            f"{f['rpc_round_trips'] / figures['tokens']:.4f}",
            f"{f['document_fetches']:,}",
            f"{f['most_fetches_of_one']}",
        ]
        for name, f in (("mintcache, /v1/batch", figures["batch"]), ("xargs -P32 curl", script))
    ]
    _table(
        f"A cold collection of {figures['tokens']:,} tokens on IPFS"
        f" (the upstream takes {plan.collection_delay_ms} ms for every answer)",
        ["client", "documents", "seconds", "× script", "RPC trips", "per token", "fetches", "of one at most"],
        rows,
    )


def archive(figures):
    rows = [
        [name, f"{figures[way]:,.0f}", _ratio(figures[way], figures["copy"])]
        for name, way in (("mintcache, from the outbox", "outbox"), ("COPY and upsert", "copy"))
    ]
    _table(f"{figures['rows']:,} rows into PostgreSQL", ["way", "rows/s", "× COPY"], rows)


def _redis_ratio(samples, key):
    """Mintcache's to nginx's, as the median of the rounds' own ratios."""
    pairs = zip(samples["mintcache"], samples["nginx+lua"])
    return statistics.median(mine[key] / theirs[key] for mine, theirs in pairs)


def redis_hits(samples):
    rows = []
    for name, rounds in samples.items():
        figures = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
        mine = name == "mintcache"
        rows.append(
            [
                name,
                f"{figures['cpu_us']:.2f}",
                f"{_redis_ratio(samples, 'cpu_us'):.2f}" if mine else "1.00",
                f"{figures['requests_per_second']:,.0f}",
                f"{_redis_ratio(samples, 'requests_per_second'):.2f}" if mine else "1.00",
                f"{figures['p50_us'] / 1000:.2f}",
                f"{figures['p99_us'] / 1000:.2f}",
            ]
        )
    _table(
        "Hits in Redis of 1 KiB, many keys, 64 keep-alive connections",
        ["server", "CPU µs/hit", "× nginx+lua", "hits/s", "× nginx+lua", "p50 ms", "p99 ms"],
        rows,
    )


def purges(figures):
    few = figures[min(figures)]
    rows = [[f"{tokens:,}", f"{figures[tokens]:.2f}", _ratio(figures[tokens], few)] for tokens in sorted(figures)]
    _table("Purging a contract, until it is answered", ["tokens held", "ms", "× the fewest"], rows)


def warming(figures):
    rows = []
    for kind, name in (("all", "all"), ("hits", "in memory"), ("misses", "cold")):
        for part in ("p50_ms", "p99_ms"):
            quiet, busy = figures["quiet"][kind][part], figures["warming"][kind][part]
            rows.append([name, part[:3], f"{quiet:.2f}", f"{busy:.2f}", _ratio(busy, quiet)])
    title = f"Live requests while {figures['tokens']:,} tokens are warmed in {figures['seconds']:.1f} s"
    _table(title, ["tokens", "", "quiet ms", "warming ms", "× quiet"], rows)


def warming_verdicts(figures):
    """The limit of live requests as they come, mostly hits and some misses, which make the p99."""
    if not figures:
        return []
    quiet, busy = figures["quiet"]["all"]["p99_ms"], figures["warming"]["all"]["p99_ms"]
    return [("warming: p99 of live requests to that on a quiet instance", busy / quiet, settings.WARMING_RATIO)]


def verdicts(hit_figures, count_figures, herd_figures, collection_figures, archive_figures, purge_figures):
    """(limit's name, measured, allowed) for every limit whose figures were measured."""
    mine = hit_figures.get(settings.COUNTED_CASE, {}).get("mintcache", {})
    found = []
    for reference in ("responder", "nginx"):
        key = f"cpu_to_{reference}"
        if key in mine:
            found.append((f"CPU time to {reference}'s", mine[key], settings.LIMITS[key]))
    for key, name in (("system_calls", "system calls per hit"), ("allocations", "allocations per hit")):
        if key in count_figures.get("mintcache", {}):
            found.append((name, count_figures["mintcache"][key], settings.LIMITS[key]))
    if "mintcache" in herd_figures:
        herd = herd_figures["mintcache"]
        found.append(("herd: ms from the first answer to the last", herd["spread_ms"], settings.HERD_LIMIT_MS))
        found.append(("herd: origin fetches", herd["most_origin_fetches"], 1))
    if collection_figures:
        batch, tokens = collection_figures["batch"], collection_figures["tokens"]
        trips = batch["rpc_round_trips"] / tokens
        found.append(("collection: RPC round trips per token", trips, settings.COLLECTION_ROUND_TRIPS))
        found.append(("collection: fetches of one document", batch["most_fetches_of_one"], 1))
        found.append(("collection: tokens without a document", tokens - batch["documents"], 0))
    if archive_figures:
        found.append(("archive: COPY's rows per second to Mintcache's", 1 / archive_figures["ratio"], settings.COPY_RATIO))
    if purge_figures:
        ratio = purge_figures[max(purge_figures)] / purge_figures[min(purge_figures)]
        found.append(("purge: time with many tokens to that with few", ratio, settings.PURGE_RATIO))
    return found


def limits(found):
    """Prints the verdicts; answers whether all are kept."""
    if not found:
        return True
    rows = [
        [name, f"{value:.3f}", f"{allowed:g}", "kept" if value <= allowed else "MISSED"] for name, value, allowed in found
    ]
    _table("Mintcache's limits", ["figure", "measured", "at most", ""], rows)
    return all(value <= allowed for _, value, allowed in found)
