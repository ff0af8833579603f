import Caching
import Testing
import Tokens

@testable import PostgresArchive

@Suite
struct `A bisection` {
    /// Tries every part the bisection asks for; returns the bad rows found and how often each row was tried.
    private static func run(count: Int, bad: Set<Int>) -> (found: [Int], attempts: [Int], statements: Int) {
        var bisection = Bisection(count: count)
        var found: [Int] = []
        var attempts = [Int](repeating: 0, count: count)
        var statements = 0
        while let rows = bisection.next() {
            statements += 1
            for row in rows { attempts[row] += 1 }
            if !bad.isDisjoint(with: rows), let row = bisection.refused(rows) { found.append(row) }
        }
        return (found, attempts, statements)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 500])
    func `finds each bad row in at most log2 of the batch plus two attempts`(count: Int) {
        for bad in 0..<count {
            let outcome = Self.run(count: count, bad: [bad])
            #expect(outcome.found == [bad])
            var depth = 0
            while 1 << depth < count { depth += 1 }
            #expect(outcome.attempts[bad] <= depth + 1)
            #expect(outcome.statements <= 2 * depth + 1)
        }
    }

    @Test
    func `finds all bad rows in order and tries each at least once`() {
        let bad: Set = [0, 3, 4, 99, 250, 251, 499]
        let outcome = Self.run(count: 500, bad: bad)
        #expect(outcome.found == bad.sorted())
        #expect(outcome.attempts.allSatisfy { $0 >= 1 })
        #expect(Self.run(count: 500, bad: Set(0..<500)).found == Array(0..<500))
    }

    @Test
    func `has nothing to try for an empty batch`() {
        var bisection = Bisection(count: 0)
        #expect(bisection.next() == nil)
    }
}

@Suite
struct `Record batches` {
    @Test
    func `hold one record per token, the newest, in order`() {
        let versions: [(number: UInt64, time: Int64)] = [(3, 1), (1, 5), (3, 9), (1, 4)]
        let records = versions.map { record($0.number, fetchedAt: $0.time) }
        let newest = RecordBatches.newest(of: records)
        #expect(newest == [records[1], records[2]])
    }

    @Test
    func `are cut by rows and by bytes, and a huge document goes alone`() {
        let sizes = [10, 10, 10, 500, 10, 60, 60]
        let records = sizes.enumerated().map { number, size in
            record(UInt64(number), document: [UInt8](repeating: 0, count: size))
        }
        let cut = RecordBatches.cut(records, rows: 2, bytes: 100)
        #expect(cut.map { $0.map(\.document.count) } == [[10, 10], [10], [500], [10, 60], [60]])
        #expect(cut.flatMap { $0 } == records)
        #expect(RecordBatches.cut([], rows: 2, bytes: 100).isEmpty)
    }
}

@Suite
struct `A back-off` {
    @Test
    func `retries at once after something worked, then waits longer up to a second`() {
        var backoff = Backoff()
        let longest = (0..<8).map { _ in backoff.next { $0.upperBound } }
        #expect(
            longest == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)]
                + [.seconds(1), .seconds(1), .seconds(1)])
        backoff.reset()
        #expect(backoff.next() == .zero)
        #expect((.milliseconds(50) ... .milliseconds(100)).contains(backoff.next()))
    }
}

@Suite
struct `PostgreSQL's time` {
    @Test(arguments: [0, 1, -1, 946_684_800_000, 1_700_000_000_123, -210_866_803_200_000, 9_224_318_015_999_999])
    func `holds milliseconds since 1970 exactly`(milliseconds: Int64) {
        let there = PostgresTime.microseconds(fromUnixMilliseconds: milliseconds)
        #expect(PostgresTime.unixMilliseconds(fromMicroseconds: there) == milliseconds)
    }

    @Test
    func `clamps what it cannot hold`() {
        for extreme in [Int64.min, .max] {
            let there = PostgresTime.microseconds(fromUnixMilliseconds: extreme)
            #expect(PostgresTime.unixMilliseconds(fromMicroseconds: there).signum() == extreme.signum())
            #expect(PostgresTime.unixMilliseconds(fromMicroseconds: extreme).signum() == extreme.signum())
        }
        #expect(PostgresTime.unixMilliseconds(fromMicroseconds: -946_684_800_000_001) == -1)
    }
}
