import ArgumentParser
import Mintcache

struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Fetch tokens anew, whatever the caches of the running proxy hold.",
        discussion: """
            Give CAIP-19 tokens, or --file, or --chain and --contract with --supply or with --from and --to. Exits with 1 \
            when one failed.
            """
    )

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var selection: TokenSelection
    @Flag(help: "Print the final progress as JSON and nothing else.") var json = false

    func validate() throws {
        try selection.check()
    }

    func run() async throws {
        let admin = try AdminConnection(file)
        let answer = try await admin.start(selection, "/admin/refresh", selection.request())
        try await admin.follow(try WarmProgress.identifier(in: answer), json: json)
    }
}
