extension Configuration {
    /// What becomes of event loops that are held up.
    public struct Watchdog: Sendable {
        /// A loop held up for so long is logged.
        public var logAfter: Duration
        /// One held up for so long ends the process; `nil`: never.
        public var exitAfter: Duration?

        init(reading reader: MappingReader) {
            logAfter = reader.duration("log_after", default: .seconds(1))
            exitAfter = reader.custom(
                "exit_after", default: Duration.seconds(30), expected: "must be off, or a duration such as 30s",
                text: { $0.map(DurationText.format) ?? "off" },
                { text in text == "off" ? .some(nil) : DurationText.parse(text) })
            if logAfter < .milliseconds(10) { reader.report("must be at least 10ms", key: "log_after") }
            if let exitAfter, exitAfter <= logAfter {
                reader.report("must be longer than log_after", key: "exit_after")
            }
            reader.finish()
        }
    }
}
