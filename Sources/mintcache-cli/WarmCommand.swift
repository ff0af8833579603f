import ArgumentParser
import Mintcache

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm", abstract: "Fetch tokens into the caches of the running proxy.",
        discussion: "Give CAIP-19 tokens, or --chain and --contract with --from and --to."
    )

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var selection: TokenSelection
    @Flag(help: "Fetch what is fresh, too.") var refresh = false
    @Flag(help: "Print the final progress as JSON and nothing else.") var json = false

    func run() async throws {
        let admin = try AdminConnection(file)
        let identifier = try WarmProgress.identifier(
            in: try await admin.post("/admin/warm", selection.body(isRefresh: refresh)))
        try await admin.follow(identifier, json: json)
    }
}
