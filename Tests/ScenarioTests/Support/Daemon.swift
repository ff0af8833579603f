import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream

/// The real program in a process of its own, for what only a process shows: signals, kills, exit codes.
final class Daemon: Sendable {
    let process: ChildProcess
    let address: SocketAddress
    let adminAddress: SocketAddress
    let configuration: String

    private init(_ process: ChildProcess, _ address: SocketAddress, _ admin: SocketAddress, _ configuration: String) {
        self.process = process
        self.address = address
        adminAddress = admin
        self.configuration = configuration
    }

    /// Starts `mintcache serve` on free ports and waits until it is ready.
    static func start(
        _ options: Scene.Options, _ upstream: SampleUpstream, in folder: TemporaryDirectory,
        environment: [String: String] = [:]
    ) async throws -> Daemon {
        let ports = (try FreePort.next(), try FreePort.next())
        let text = Scene.yaml(options, upstream, folder)
            .replacing(
                "listen: \"127.0.0.1:0\"\n  event_loops", with: "listen: \"127.0.0.1:\(ports.0)\"\n  event_loops"
            )
            .replacing("admin: { listen: \"127.0.0.1:0\"", with: "admin: { listen: \"127.0.0.1:\(ports.1)\"")
        let file = try folder.write(text, to: "mintcache-\(ports.0).yaml")
        let process = try ChildProcess(
            .init(Repository.program("mintcache"), ["serve", "--config", file], environment: environment))
        guard let address = SocketAddress(numericHost: "127.0.0.1", port: ports.0),
            let admin = SocketAddress(numericHost: "127.0.0.1", port: ports.1)
        else { throw TestSupportError("no address") }
        let daemon = Daemon(process, address, admin, file)
        try await daemon.isReady()
        return daemon
    }

    /// Starts the program once more with the same configuration, after it has ended: to the others the same instance.
    func again() async throws -> Daemon {
        let process = try ChildProcess(.init(Repository.program("mintcache"), ["serve", "--config", configuration]))
        let daemon = Daemon(process, address, adminAddress, configuration)
        try await daemon.isReady()
        return daemon
    }

    private func isReady() async throws {
        let loop = try EventLoop(label: "probe")
        defer { loop.shutdown() }
        let address = address
        try await eventually(within: .seconds(20), "the program is ready") {
            guard let connection = try? await HTTPConnection.open(to: address, on: loop) else { return false }
            defer { Task { await connection.close() } }
            return try await connection.request("GET", "/readyz").status == 200
        }
    }
}
