/// What the watchers of chains' events count.
final class EventCounters: Sendable {
    let looks = Counter()
    let failures = Counter()
    let refusals = Counter()
    let logs = Counter()
    let unreadableLogs = Counter()
    let marks = Counter()
    let expiredEntries = Counter()
    let reorganisations = Counter()
    let gaps = Counter()

    var samples: [Metrics.Sample] {
        let table: [(String, String, Counter)] = [
            ("looks", "Looks at chains for events.", looks),
            ("failures", "Looks that no endpoint answered to the end.", failures),
            ("refusals", "Requests for events that asked for too much.", refusals),
            ("logs", "Logs of changed metadata read, those read again included.", logs),
            ("unreadable_logs", "Logs of changed metadata that lack their arguments.", unreadableLogs),
            ("marks", "Ranges of tokens marked as out of date.", marks),
            ("expired_entries", "Entries of the memory tier that a mark made stale.", expiredEntries),
            ("reorganisations", "Times blocks that were read had been replaced.", reorganisations),
            ("gaps", "Times events were skipped and everything held of a chain was marked.", gaps),
        ]
        return table.map {
            Metrics.Sample(name: "mintcache_event_\($0)_total", help: $1, label: nil, value: $2.current)
        }
    }
}
