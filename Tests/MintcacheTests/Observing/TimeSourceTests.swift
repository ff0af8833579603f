import EventLoops
import Foundation
import Testing

@testable import Mintcache

@Suite struct `What the caches call now` {
    @Test func `is milliseconds since 1970`() {
        let wall = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(abs(TimeSource().now - wall) < 10_000)
    }

    @Test func `follows the monotonic clock`() {
        let time = TimeSource()
        let moment = MonotonicTime.current
        #expect(time.at(moment + .seconds(5)) - time.at(moment) == 5000)
        let first = time.now
        #expect(time.now >= first)
    }

    @Test func `can be moved, for this clock alone`() {
        let time = TimeSource(), other = TimeSource()
        let moment = MonotonicTime.current
        let before = (time.at(moment), other.at(moment))
        time.advance(by: .seconds(86_400))
        time.advance(by: .milliseconds(-400))
        #expect(time.at(moment) - before.0 == 86_399_600)
        #expect(other.at(moment) == before.1)
    }
}
