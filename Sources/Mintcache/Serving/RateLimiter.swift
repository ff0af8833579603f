import EventLoops
import Synchronization

/// A token bucket per client: so many requests a second, and a burst on top. Shared by all loops, so that counts are
/// exact. Bounded: when too many clients are known, those whose bucket is full again are forgotten first.
final class RateLimiter<Client: Hashable & Sendable>: Sendable {
    private static var capacity: Int { 65_536 }

    private struct Bucket {
        var tokens: Double
        var filledAt: Int64
    }

    private let rate: Double
    private let burst: Double
    private let buckets = Mutex<[Client: Bucket]>([:])

    /// - Parameters:
    ///   - rate: requests per second.
    ///   - burst: how many may come at once; at least one.
    init(rate: Int, burst: Int) {
        self.rate = Double(rate)
        self.burst = Double(max(burst, 1))
    }

    /// So many a minute, all of which may come at once.
    init(perMinute count: Int) {
        rate = Double(count) / 60
        burst = Double(count)
    }

    /// Takes a token. When there is none, tells in how many seconds there will be, at least 1.
    ///
    /// - Parameter now: milliseconds since 1970.
    func admit(_ client: Client, at now: Int64) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[client] == nil { makeRoom(in: &buckets, at: now) }
            var bucket = buckets[client] ?? Bucket(tokens: burst, filledAt: now)
            refill(&bucket, at: now)
            defer { buckets[client] = bucket }
            guard bucket.tokens < 1 else {
                bucket.tokens -= 1
                return nil
            }
            return max(1, Int(((1 - bucket.tokens) / rate).rounded(.up)))
        }
    }

    /// Takes so many tokens more from a client that was admitted, whether there are as many or not: it waits longer the
    /// next time.
    func charge(_ client: Client, _ count: Int, at now: Int64) {
        buckets.withLock { buckets in
            guard var bucket = buckets[client] else { return }
            refill(&bucket, at: now)
            bucket.tokens -= Double(count)
            buckets[client] = bucket
        }
    }

    private func refill(_ bucket: inout Bucket, at now: Int64) {
        let elapsed = Double(max(0, now - bucket.filledAt)) / 1000
        bucket.tokens = min(burst, bucket.tokens + elapsed * rate)
        bucket.filledAt = now
    }

    private func makeRoom(in buckets: inout [Client: Bucket], at now: Int64) {
        buckets = buckets.filter { _, bucket in
            var bucket = bucket
            refill(&bucket, at: now)
            return bucket.tokens < burst
        }
        if buckets.count >= Self.capacity { buckets.removeAll(keepingCapacity: true) }
    }
}

/// What clients are told apart by: an IPv4 address, in whichever form, or the first 64 bits of an IPv6 address, which is
/// what one subscriber gets.
struct ClientKey: Hashable, Sendable {
    private let bits: UInt128

    init(_ address: SocketAddress) {
        bits = address.isIPv4 ? address.number : (address.number >> 64) << 64
    }
}
