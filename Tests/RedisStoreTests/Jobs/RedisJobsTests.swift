import Caching
import MintcacheTesting
import RedisStore
import Testing

@Suite("A store of jobs in Redis", .timeLimit(.minutes(1)), .serialized)
struct RedisJobsTests {
    private let server: RedisServer
    private let bench: Workbench
    private let store: RedisJobs

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        store = RedisJobs(client: try bench.client(server.url), keys: RedisKeys(prefix: "test:"))
    }

    @Test(arguments: JobStoreRule.allCases)
    func `keeps its promises`(rule: JobStoreRule) async throws {
        try await rule.check(store)
    }

    @Test func `forgets what is to be done when a job has ended, and the job after a while`() async throws {
        let job = NewJob(identifier: "1", createdAt: 1, request: [1], work: [2])
        let bounds = JobBounds(open: 9, kept: 9, retention: .seconds(60))
        #expect(try await store.add(job, within: bounds) == .added)
        #expect(try await server.command("PTTL", "test:{jobs}:job:1") == "-1")
        _ = try await store.cancel("1", retention: .seconds(60))
        #expect(try await server.command("EXISTS", "test:{jobs}:work:1") == "0")
        #expect(Int(try await server.command("PTTL", "test:{jobs}:job:1")) ?? 0 > 50_000)
        _ = try await server.command("DEL", "test:{jobs}:job:1")
        #expect(try await store.jobs().isEmpty)
        #expect(try await server.command("EXISTS", "test:{jobs}") == "0")
    }

    @Test func `keeps a job whose state only another release knows`() async throws {
        let job = NewJob(identifier: "1", createdAt: 1, request: [1], work: [2])
        _ = try await store.add(job, within: JobBounds(open: 9, kept: 9, retention: .seconds(60)))
        _ = try await server.command("HSET", "test:{jobs}:job:1", "state", "paused")
        #expect(try await store.jobs().isEmpty)
        #expect(try await server.command("HGET", "test:{jobs}:job:1", "state") == "paused")
        #expect(try await server.command("EXISTS", "test:{jobs}", "test:{jobs}:work:1") == "2")
    }
}

@Suite("A store of jobs in a cluster of Redis", .timeLimit(.minutes(2)))
struct RedisClusterJobsTests {
    @Test func `keeps its promises`() async throws {
        let bench = try Workbench()
        let cluster = try await RedisCluster.start()
        for (number, rule) in JobStoreRule.allCases.enumerated() {
            let keys = RedisKeys(prefix: "test-\(number):")
            try await rule.check(RedisJobs(client: try bench.client(cluster.url()), keys: keys))
        }
        try await cluster.stop()
    }
}
