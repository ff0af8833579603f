import EventLoops
import HTTPServing

extension ResponseWriter {
    /// How long each tier took (W3C Server Timing, section 3), in milliseconds with one place. False when there is
    /// nothing to tell.
    mutating func writeServerTiming(_ costs: FlightCosts) -> Bool {
        var isFirst = true
        write(costs.redis, of: "redis", &isFirst)
        write(costs.archive, of: "archive", &isFirst)
        write(costs.source, of: "source", &isFirst)
        if !isFirst { write("\r\n") }
        return !isFirst
    }

    private mutating func write(_ duration: Duration?, of tier: StaticString, _ isFirst: inout Bool) {
        guard let duration else { return }
        write(isFirst ? "Server-Timing: " : ", ")
        isFirst = false
        write(tier)
        let tenths = Int(clamping: duration.inNanoseconds / 100_000)
        write(";dur=")
        writeDecimal(tenths / 10)
        write(".")
        writeDecimal(tenths % 10)
    }
}
