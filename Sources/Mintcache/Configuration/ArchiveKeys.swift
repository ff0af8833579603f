import RedisStore

extension Configuration.Archive {
    init(reading reader: MappingReader) {
        url = reader.string("url", default: "sqlite:var/mintcache.db", isSecret: true)
        if let fault = Self.fault(ofURL: url) { reader.report(fault, key: "url") }
        connections = reader.integer("connections", default: 2, in: 1...16)
        batchRows = reader.integer("batch_rows", default: 500, in: 1...10_000)
        batchInterval = reader.duration("batch_interval", default: .milliseconds(50))
        retention = Self.retention(reading: reader)
        outbox = Configuration.Outbox(reading: reader.mapping("outbox"))
        migrations = reader.string("migrations", default: "config/migrations")
        reader.finish()
    }

    private static func retention(reading reader: MappingReader) -> Duration? {
        reader.custom(
            "retention", default: nil, expected: "must be off, or a duration of an hour or more such as 365d",
            text: { $0.map(DurationText.format) ?? "off" },
            { text -> Duration?? in
                if text == "off" { return .some(nil) }
                guard let duration = DurationText.parse(text), duration >= .seconds(3600) else { return nil }
                return duration
            })
    }
}

extension Configuration.Outbox {
    init(reading reader: MappingReader) {
        let bounds = RedisOutbox.Bounds()
        rows = reader.integer("rows", default: bounds.rows, in: 1000...100_000_000)
        bytes = reader.bytes("bytes", default: ByteCount(bounds.bytes))
        if bytes < .mebibytes(1) { reader.report("must be 1MiB or more", key: "bytes") }
        age = reader.duration("age", default: bounds.age)
        if age < .seconds(60) { reader.report("must be a minute or more", key: "age") }
        reader.finish()
    }

    var bounds: RedisOutbox.Bounds {
        var bounds = RedisOutbox.Bounds()
        bounds.rows = rows
        bounds.bytes = bytes.value
        bounds.age = age
        return bounds
    }
}
