#!/usr/bin/env bash
# What Prometheus and Grafana are given: valid, tested, and about metrics that exist.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly reference=docs/metrics.md alerts=config/prometheus/alerts.yml dashboard=config/grafana/mintcache.json
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What promtool says is of interest only when it complains.
quietly() {
    "$@" >"$scratch/output" 2>&1 || complain "$(cat "$scratch/output")"
}

# Every query of the dashboard, as a rule, so that promtool reads it.
dashboard_rules() {
    python3 - "$dashboard" <<'PYTHON'
import json, sys

board = json.load(open(sys.argv[1]))
panels = board["panels"]
identifiers = [panel["id"] for panel in panels]
if len(set(identifiers)) != len(identifiers):
    sys.exit("two panels of the dashboard have one id")
rules = []
for panel in panels:
    if panel["type"] == "row":
        continue
    if not panel.get("targets") or not panel.get("description"):
        sys.exit(f"the panel {panel['title']} has no query, or no description")
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")
        rules.append({"record": f"panel:{panel['id']}:{target['refId']}", "expr": expression})
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
PYTHON
}

if command -v promtool >/dev/null; then
    quietly promtool check rules "$alerts"
    quietly promtool test rules config/prometheus/alerts.test.yml
    quietly promtool check config --syntax-only config/prometheus/prometheus.yml
    if dashboard_rules >"$scratch/dashboard.yml" 2>"$scratch/output"; then
        quietly promtool check rules "$scratch/dashboard.yml"
    else
        complain "$(cat "$scratch/output")"
    fi
else
    echo "promtool is missing: scripts/setup.sh lint installs it"
    exit 1
fi

while IFS= read -r name; do
    grep -q "^| \`$name\` |" "$reference" && continue
    histogram=$(sed -E 's/_(bucket|sum|count)$//' <<<"$name")
    [[ "$histogram" != "$name" ]] && grep -q "^| \`$histogram\` |" "$reference" && continue
    complain "$(grep -lE "\\b$name\\b" "$alerts" "$dashboard" | tr '\n' ' '): $name is not in $reference"
done < <(grep -ohE '\b(mintcache|process)_[a-z0-9_]+' "$alerts" "$dashboard" | sort -u)

while IFS= read -r alert; do
    rule=$(awk -v name="$alert" '$0 ~ "- alert: " name "$" { inside = 1; print; next } /- alert: / { inside = 0 } inside' "$alerts")
    for part in severity: summary: description: runbook:; do
        grep -q "$part" <<<"$rule" || complain "$alerts: $alert has no ${part%:}"
    done
done < <(sed -nE 's/^ *- alert: //p' "$alerts")

exit "$status"
