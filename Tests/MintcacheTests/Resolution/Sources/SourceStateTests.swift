import EventLoops
import Testing
import UpstreamFetching

@testable import Mintcache

@Suite struct `The state of a source` {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func fail(_ state: SourceState, times: Int, at now: MonotonicTime = start) {
        for _ in 0..<times {
            guard case .granted(let pass) = state.admit(within: [], at: now) else { return }
            _ = state.fail(pass, "status-500", at: now)
        }
    }

    @Test func `refuses what is over budget, until the span has passed`() throws {
        let state = SourceState(name: "a")
        let budget = [try #require(RequestRate("2/m"))]
        #expect(state.admit(within: budget, at: Self.start) == .granted(.normal))
        #expect(state.admit(within: budget, at: Self.start) == .granted(.normal))
        #expect(state.admit(within: budget, at: Self.start) == .overBudget)
        #expect(state.admit(within: budget, at: Self.start + .seconds(62)) == .granted(.normal))
        #expect(state.requests.current == 3 && state.skipped.current == 1)
    }

    @Test func `leaves a source alone after five failures, but for a probe`() {
        let state = SourceState(name: "a")
        fail(state, times: 5)
        #expect(!state.isHealthy && state.lastFailure == "status-500")
        #expect(state.admit(within: [], at: Self.start) == .leftAlone)
        #expect(state.admit(within: [], at: Self.start + .seconds(1)) == .granted(.probe))
        #expect(state.admit(within: [], at: Self.start + .seconds(1)) == .leftAlone)
        state.succeed(at: Self.start + .seconds(2))
        #expect(state.isHealthy)
        #expect(state.admit(within: [], at: Self.start + .seconds(2)) == .granted(.normal))
    }

    @Test func `tells once that a source is left alone`() {
        let state = SourceState(name: "a")
        let told = (0..<7).map { _ in state.fail(.normal, "timeout", at: Self.start) }
        #expect(told == [false, false, false, false, true, false, false])
    }

    @Test func `being left alone uses up no budget`() throws {
        let state = SourceState(name: "a")
        fail(state, times: 5)
        let rate = try #require(RequestRate("100/d"))
        for _ in 0..<50 { _ = state.admit(within: [rate], at: Self.start) }
        #expect(state.used(of: rate, at: Self.start) == 5)
    }

    @Test func `outlives a new configuration, and is forgotten with its source`() {
        let states = SourceStates()
        let first = states.states(of: ["a", "b"])
        #expect(states.states(of: ["b", "c"])["b"] === first["b"])
        #expect(states["a"] == nil)
        #expect(states.states(of: ["a"])["a"] !== first["a"])
    }
}
