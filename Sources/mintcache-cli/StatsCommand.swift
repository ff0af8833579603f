import ArgumentParser
import Mintcache

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show the counters of the running proxy.")

    @OptionGroup var file: ConfigurationOption
    @Flag(help: "Print them as JSON.") var json = false

    func run() async throws {
        let text = try await AdminConnection(file).get("/admin/stats")
        print(json ? text : Outline(try AdminConnection.root(of: text)).text)
    }
}
