import Dispatch
import Glibc

/// SIGTERM and SIGINT as something to wait for.
struct StopSignals {
    private let arrivals: AsyncStream<Void>

    /// From now on the signals no longer end the process by themselves.
    init() {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.arrivals = arrivals
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                arrived.yield()
                source.cancel()
            }
            source.resume()
        }
    }

    /// Returns when the first of them has come.
    func first() async {
        for await _ in arrivals { return }
    }
}

/// Standard output, which is buffered when it is not a terminal.
enum StandardOutput {
    static func flush() {
        fflush(nil)
    }
}
