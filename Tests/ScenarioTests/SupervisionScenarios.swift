import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Under a service manager", .timeLimit(.minutes(2))) struct SupervisionScenarios {
    @Test func `the program says that it is ready, that it lives, and that it stops`() async throws {
        let folder = try TemporaryDirectory()
        let socket = try NotifySocket(in: folder)
        try await Stage.play { stage in
            let daemon = try await stage.daemon(
                environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000"])
            var heard: [String] = []
            try await eventually("three signs of life") {
                heard += socket.messages()
                return heard.count { $0 == "WATCHDOG=1" } >= 3 && heard.contains("READY=1")
            }
            #expect(Set(heard) == ["READY=1", "WATCHDOG=1"])
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
            heard = socket.messages()
            #expect(heard.count { $0 == "STOPPING=1" } == 1)
        }
    }

    @Test func `the program sends no signs of life where none are asked for`() async throws {
        let folder = try TemporaryDirectory()
        let socket = try NotifySocket(in: folder)
        try await Stage.play { stage in
            let daemon = try await stage.daemon(environment: ["NOTIFY_SOCKET": socket.path])
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
            #expect(socket.messages() == ["READY=1", "STOPPING=1"])
        }
    }
}
