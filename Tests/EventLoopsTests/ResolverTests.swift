import Dispatch
import Synchronization
import Testing

@testable import EventLoops

@Suite("The address resolver") struct ResolverTests {
    @Test func `answers numeric hosts at once`() async throws {
        let resolver = AddressResolver(threads: 1, pending: 1) { _ in .failure(.overloaded) }
        let found = try await resolver.addresses(of: "127.0.0.1", port: 80, within: .seconds(1))
        #expect(found.map(\.description) == ["127.0.0.1:80"])
        let six = try await resolver.addresses(of: "::1", port: 443, within: .seconds(1))
        #expect(six.map(\.description) == ["[::1]:443"])
    }

    @Test func `concurrent questions for one name share one look-up, and the answer is remembered`() async throws {
        let counter = Counter()
        let resolver = AddressResolver(threads: 2, pending: 8) { _ in
            counter.value.add(1, ordering: .relaxed)
            return .success([[10, 0, 0, 1]])
        }
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { (try? await resolver.addresses(of: "a.test", port: 1, within: .seconds(5)).count) ?? 0 }
            }
            for await count in group { #expect(count == 1) }
        }
        #expect(counter.value.load(ordering: .relaxed) == 1)
    }

    @Test func `a look-up that hangs costs its caller the deadline and others nothing`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let resolver = AddressResolver(threads: 2, pending: 8) { host in
            if host == "hanging.test" { gate.wait() }
            return .success([[10, 0, 0, 1]])
        }
        await #expect(throws: ResolutionError.self) {
            try await resolver.addresses(of: "hanging.test", port: 1, within: .milliseconds(20))
        }
        for index in 0..<20 {
            let found = try await resolver.addresses(of: "quick\(index).test", port: 1, within: .seconds(5))
            #expect(found.count == 1)
        }
        gate.signal()
    }

    @Test func `refuses more names than may wait`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let resolver = AddressResolver(threads: 1, pending: 1) { _ in
            gate.wait()
            return .failure(.notFound("x"))
        }
        await #expect(throws: ResolutionError.self) {
            try await resolver.addresses(of: "one.test", port: 1, within: .milliseconds(10))
        }
        await #expect {
            try await resolver.addresses(of: "two.test", port: 1, within: .seconds(5))
        } throws: { error in
            guard case .overloaded? = error as? ResolutionError else { return false }
            return true
        }
        gate.signal()
    }
}
