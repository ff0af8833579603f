import UpstreamFetching

extension Configuration.Upstream {
    init(reading reader: MappingReader) {
        connectTimeout = reader.duration("connect_timeout", default: .seconds(2))
        timeout = reader.duration("timeout", default: .seconds(30))
        maximumBody = reader.bytes("max_body", default: .mebibytes(10))
        retries = reader.integer("retries", default: 2, in: 0...10)
        hedge = reader.custom(
            "hedge_after", default: .percentile95, expected: "must be p95, off, or a duration such as 500ms",
            text: { $0.text }, { Hedge(text: $0) })
        connectionsPerHost = reader.integer("connections_per_host", default: 16, in: 1...1024)
        allowPrivateNetworks = reader.boolean("allow_private_networks", default: false)
        allowHosts = reader.strings("allow_hosts", default: [])
        denyHosts = reader.strings("deny_hosts", default: [])
        // A rule that cannot be read must not vanish.
        for (key, hosts) in [("allow_hosts", allowHosts), ("deny_hosts", denyHosts)] {
            for host in hosts where HostPattern(host) == nil {
                reader.report("\(host) is not a host, host:port or *.domain", key: key)
            }
        }
        reader.finish()
    }
}

extension Configuration.Upstream.Hedge {
    fileprivate init?(text: String) {
        switch text {
        case "p95": self = .percentile95
        case "off": self = .off
        case _:
            guard let duration = DurationText.parse(text) else { return nil }
            self = .after(duration)
        }
    }

    fileprivate var text: String {
        switch self {
        case .percentile95: "p95"
        case .off: "off"
        case .after(let duration): DurationText.format(duration)
        }
    }
}
