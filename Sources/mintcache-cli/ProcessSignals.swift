import Dispatch
import Glibc

/// The signals that steer the proxy, as a stream.
final class ProcessSignals: Sendable {
    let arrivals: AsyncStream<Int32>
    private static let handled = [SIGTERM, SIGINT, SIGHUP]

    init() {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(8))
        self.arrivals = arrivals
        for number in Self.handled {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                // The source lives as long as its handler refers to it, which is as long as the process.
                _ = source.isCancelled
                arrived.yield(number)
            }
            source.resume()
        }
    }

    /// From now on SIGTERM and SIGINT end the process as they do by default.
    func stopAtOnceFromNowOn() {
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }
}
