import EventLoops
import MintcacheTesting
import SampleUpstream
import Tokens

@testable import Mintcache

/// The sample upstream and a folder, for scenarios that start the program themselves, once or again and again.
final class Stage: Sendable {
    let upstream: SampleUpstream
    private let options: Scene.Options
    private let folder: TemporaryDirectory
    private let upstreamLoops: EventLoopGroup
    let loop: EventLoop

    private init(
        _ upstream: SampleUpstream, _ options: Scene.Options, _ folder: TemporaryDirectory, _ loops: EventLoopGroup,
        _ loop: EventLoop
    ) {
        self.upstream = upstream
        self.options = options
        self.folder = folder
        upstreamLoops = loops
        self.loop = loop
    }

    static func play(
        _ options: Scene.Options = Scene.Options(), _ scenario: (Stage) async throws -> Void
    ) async throws {
        let loops = try EventLoopGroup(count: 1, label: "upstream")
        let upstream = SampleUpstream()
        _ = try await upstream.start(on: loops.loops)
        let stage = Stage(upstream, options, try TemporaryDirectory(), loops, try EventLoop(label: "client"))
        do {
            try await scenario(stage)
        } catch {
            await stage.end()
            throw error
        }
        await stage.end()
    }

    private func end() async {
        await upstream.stop()
        upstreamLoops.shutdown()
        loop.shutdown()
    }

    /// - Parameter archive: of its own, when it does not have that of the stage.
    func daemon(archive: String? = nil, environment: [String: String] = [:]) async throws -> Daemon {
        var options = options
        if let archive { options.archive = "sqlite:\(folder.path)/\(archive).db" }
        return try await Daemon.start(options, upstream, in: folder, environment: environment)
    }

    /// The metrics of a program that runs.
    func metrics(of daemon: Daemon) async throws -> String {
        let connection = try await HTTPConnection.open(to: daemon.adminAddress, on: loop)
        let answer = try await connection.request(
            "GET", "/metrics", fields: ["Authorization: Bearer \(Scene.adminToken)"])
        await connection.close()
        return answer.text
    }

    var contract: String {
        upstream.collections.first { $0.name == "Orchard" }?.contract.lowercase ?? ""
    }

    func status(_ target: String, on daemon: Daemon) async throws -> Int {
        let connection = try await HTTPConnection.open(to: daemon.address, on: loop)
        let answer = try await connection.request("GET", target)
        await connection.close()
        return answer.status
    }

    func text(_ target: String, on daemon: Daemon) async throws -> String {
        let connection = try await HTTPConnection.open(to: daemon.address, on: loop)
        let answer = try await connection.request("GET", target)
        await connection.close()
        return answer.text
    }

    /// Asks for as many different tokens at once, each on a connection of its own.
    func ask(_ count: Int, on daemon: Daemon) async throws -> [Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for token in 0..<count {
                group.addTask { try await self.status("/v1/demo/\(self.contract)/\(token)", on: daemon) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Asks for one new token after another on several connections, kills the program at the given moment, and tells
    /// which tokens were answered with 200 and where the next stream may begin.
    func stream(on daemon: Daemon, from first: Int, until moment: MonotonicTime) async -> (answered: [Int], next: Int) {
        let lanes = 8
        let answered = await withTaskGroup(of: [Int].self) { group in
            for lane in 0..<lanes {
                group.addTask { await self.lane(first + lane, by: lanes, on: daemon) }
            }
            await loop.sleep(for: max(.zero, moment - .current))
            daemon.process.send(.kill)
            return await group.reduce(into: []) { $0 += $1 }
        }
        return (answered, (answered.max() ?? first) + lanes + 1)
    }

    private func lane(_ first: Int, by step: Int, on daemon: Daemon) async -> [Int] {
        var answered: [Int] = []
        var token = first
        // The end of the connection is what ends the stream: the program was killed.
        guard let connection = try? await HTTPConnection.open(to: daemon.address, on: loop) else { return [] }
        while let answer = try? await connection.request("GET", "/v1/demo/\(contract)/\(token)") {
            if answer.status == 200 { answered.append(token) }
            token += step
        }
        return answered
    }
}
