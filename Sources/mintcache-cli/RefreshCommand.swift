import ArgumentParser
import Mintcache

struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Fetch tokens anew, whatever the caches of the running proxy hold.",
        discussion: "Give CAIP-19 tokens, or --chain and --contract with --from and --to. Exits with 1 when one failed."
    )

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var selection: TokenSelection
    @Flag(help: "Print the final progress as JSON and nothing else.") var json = false

    func run() async throws {
        let admin = try AdminConnection(file)
        let identifier = try WarmProgress.identifier(
            in: try await admin.post("/admin/refresh", selection.body(isRefresh: false)))
        try await admin.follow(identifier, json: json)
    }
}
