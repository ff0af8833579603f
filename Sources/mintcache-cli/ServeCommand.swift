import ArgumentParser
import EventLoops
import Glibc
import Mintcache

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the proxy.",
        discussion: "SIGHUP reloads the configuration. SIGTERM drains and stops; a second one stops at once."
    )

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Also start the bundled sample upstream and add the chain demo.")
    var demo = false

    func run() async throws {
        ProcessLimits.prepare()
        let signals = ProcessSignals()
        let demonstration = demo ? try await Demonstration.start() : nil
        let file = file
        let read: @Sendable () -> Result<LoadedConfiguration, InvalidConfiguration> = {
            Result { () throws(InvalidConfiguration) in
                let loaded = try file.load(adding: demonstration.map { [$0.chain] } ?? [])
                return demonstration?.added(to: loaded) ?? loaded
            }
        }
        let loaded = try read().get()
        var environment = ProxyServer.Environment(readConfiguration: read)
        environment.instance = ProcessLimits.instanceName(port: loaded.configuration.server.listen.port)
        environment.notifier = ServiceNotifier(environment: ProcessEnvironment.variables)
        let server = try await ProxyServer.start(loaded, in: environment)
        announce(server, loaded.configuration, demonstration)
        for await signal in signals.arrivals {
            guard signal == SIGHUP else { break }
            _ = await server.reload()
        }
        signals.stopAtOnceFromNowOn()
        let isComplete = await server.stop()
        await demonstration?.stop()
        guard isComplete else {
            throw CommandFailure(code: 1, description: "mintcache: stopped with records that no store had taken")
        }
    }

    private func announce(_ server: ProxyServer, _ configuration: Configuration, _ demonstration: Demonstration?) {
        var lines = ["mintcache \(Version.number): http://\(server.address), admin http://\(server.adminAddress)"]
        if configuration.admin.token.isEmpty { lines.append("admin token: \(configuration.admin.tokenFile)") }
        if let demonstration {
            lines.append("try, without internet access:")
            lines += demonstration.examples(port: server.address.port).map { "  \($0)" }
        }
        StandardError.write(lines.joined(separator: "\n") + "\n")
    }
}
