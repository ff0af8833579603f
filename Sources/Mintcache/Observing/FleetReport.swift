import Caching

/// How this instance fares among those that share its Redis.
struct FleetReport: Sendable {
    var name: String
    /// Who lives, this one included.
    var living: Set<String>
    /// Whether announcements are heard in time.
    var isHearing: Bool
    /// Whether what was purged before is known.
    var knowsPurges: Bool
    /// Purges that may still concern something, and the number of the last.
    var purges: (count: Int, last: UInt64)
}

extension FleetReport {
    /// - Parameter report: nil without Redis.
    static func families(of report: FleetReport?) -> [MetricFamily] {
        [
            .plain(
                .gauge, "mintcache_fleet_instances", "Instances that live and share this one's Redis; 0 without Redis.",
                Double(report?.living.count ?? 0)),
            .plain(
                .gauge, "mintcache_fleet_hearing",
                "Whether announcements of other instances are heard in time; 1 without Redis.",
                report?.isHearing == false ? 0 : 1),
            .plain(
                .gauge, "mintcache_purges_known",
                """
                Whether what was purged before the start is known; while it is not, what Redis holds, and the archive \
                when Redis answers, counts as stale. 1 without Redis.
                """,
                report?.knowsPurges == false ? 0 : 1),
            .plain(
                .gauge, "mintcache_purge_marks", "Purges that may still concern something.",
                Double(report?.purges.count ?? 0)),
        ]
    }

    /// `fleet` of `GET /admin/stats`.
    func node(_ metrics: Metrics) -> JSONNode {
        func number(_ counter: Counter) -> JSONNode { .integer(Int(clamping: counter.current)) }
        let news = Metrics.FleetNewsKind.allCases.map { kind in
            (kind.rawValue, JSONNode.integer(Int(clamping: metrics.fleetNews[kind])))
        }
        let fetches = Metrics.FleetRole.allCases.map { role in
            (role.rawValue, JSONNode.integer(Int(clamping: metrics.fleetFetches[role])))
        }
        return .object([
            ("name", .string(name)), ("instances", .array(living.sorted().map { .string($0) })),
            ("hearing", .boolean(isHearing)), ("announcements", .object(news)), ("gaps", number(metrics.fleetGaps)),
            ("losses", number(metrics.fleetLosses)), ("fetches", .object(fetches)),
            ("inherited_leases", number(metrics.inheritedLeases)), ("purges_known", .boolean(knowsPurges)),
            ("purge_marks", .integer(purges.count)), ("last_purge", .integer(Int(clamping: purges.last))),
            ("purges", number(metrics.purges)), ("unconfirmed_purges", number(metrics.unconfirmedPurges)),
            ("restored_purges", number(metrics.restoredPurges)),
        ])
    }
}
