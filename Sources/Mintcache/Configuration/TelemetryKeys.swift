import UpstreamFetching

extension Configuration {
    /// What the process tells others of itself.
    public struct Telemetry: Sendable {
        /// Where errors are reported to; `nil`: nowhere.
        var sentry: SentryDSN?
        public var environment: String
        public var release: String
        /// Where spans are sent to; `nil`: nowhere.
        public var collector: Endpoint?
        /// Of requests that come without a trace, how many in a million begin one.
        public var samplesPerMillion: Int
        /// Of requests that come with one that is kept, how many in a million are kept here, too.
        public var joinsPerMillion: Int

        init(reading reader: MappingReader) {
            let dsn = reader.string("sentry_dsn", default: "", isSecret: true)
            sentry = dsn.isEmpty ? nil : SentryDSN(dsn)
            if !dsn.isEmpty, sentry == nil {
                reader.report("must be a DSN as Sentry gives it: https://<key>@<host>/<project>", key: "sentry_dsn")
            }
            environment = reader.string("environment", default: "development")
            release = reader.string("release", default: "")
            if release.isEmpty { release = "mintcache@\(Version.number)" }
            let traces = reader.mapping("traces")
            let url = traces.string("url", default: "", isSecret: true)
            let fields = traces.mapping("headers")
            let headers = fields.keys.map { ($0, fields.string($0, default: "", isSecret: true)) }
            if !url.isEmpty {
                collector = traces.endpoint(at: url, headers: headers)
            }
            samplesPerMillion = traces.share("sample", default: 10_000)
            joinsPerMillion = traces.share("join", default: 1_000_000)
            traces.finish()
            reader.finish()
        }
    }
}

extension MappingReader {
    /// A percentage, in millionths.
    fileprivate func share(_ key: String, default fallback: Int) -> Int {
        custom(
            key, default: fallback, expected: "must be a percentage from 0% to 100%, such as 1% or 0.1%",
            text: { "\(Double($0) / 10_000)%" },
            { text in
                guard text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) else {
                    return nil
                }
                return Int((percent * 10_000).rounded())
            })
    }

    /// The URL of `url:` that OTLP is spoken to.
    fileprivate func endpoint(at url: String, headers: [(String, String)]) -> Configuration.Endpoint? {
        guard (try? UpstreamURL(parsing: url)) != nil else {
            report("must be an http:// or https:// URL, with the whole path, such as …/v1/traces", key: "url")
            return nil
        }
        return Configuration.Endpoint(url: url, headers: headers)
    }
}
