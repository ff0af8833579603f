import Testing
import Tokens

@testable import Mintcache

@Suite struct `Cool-downs` {
    @Test func `let a token through once, and again when they are over`() throws {
        var cooldowns = Cooldowns(length: 60_000)
        #expect(cooldowns.begin(for: try reference(1), at: 1000) == nil)
        #expect(cooldowns.begin(for: try reference(1), at: 1000) == 60_000)
        #expect(cooldowns.begin(for: try reference(2), at: 1000) == nil)
        #expect(cooldowns.begin(for: try reference(1), at: 60_999) == 1)
        #expect(cooldowns.begin(for: try reference(1), at: 61_000) == nil)
        #expect(cooldowns.begin(for: try reference(1), at: 61_001) == 59_999)
    }

    @Test func `can be taken back, and begin anew`() throws {
        var cooldowns = Cooldowns(length: 60_000)
        _ = cooldowns.begin(for: try reference(1), at: 0)
        cooldowns.cancel(for: try reference(1))
        #expect(cooldowns.begin(for: try reference(1), at: 10_000) == nil)
        #expect(cooldowns.begin(for: try reference(1), at: 60_000) == 10_000)
    }

    @Test func `of no length let everybody through and keep nothing`() throws {
        var cooldowns = Cooldowns(length: 0)
        for _ in 0..<3 { #expect(cooldowns.begin(for: try reference(1), at: 0) == nil) }
        #expect(cooldowns.count == 0)
    }

    @Test func `are forgotten when they are over`() throws {
        var cooldowns = Cooldowns(length: 1000)
        for number in 0..<100 { _ = cooldowns.begin(for: try reference(UInt64(number)), at: Int64(number)) }
        #expect(cooldowns.count == 100)
        _ = cooldowns.begin(for: try reference(1000), at: 1049)
        #expect(cooldowns.count == 51)
    }

    @Test func `beyond their number push out the oldest`() throws {
        var cooldowns = Cooldowns(length: 60_000)
        let number = UInt64(Cooldowns.capacity)
        for token in 0...number { _ = cooldowns.begin(for: try reference(token), at: 0) }
        #expect(cooldowns.count == Cooldowns.capacity)
        #expect(cooldowns.begin(for: try reference(number), at: 1) == 59_999)
        #expect(cooldowns.begin(for: try reference(0), at: 1) == nil)
    }
}
