import ArgumentParser
import Mintcache

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm", abstract: "Fetch tokens into the caches of the running proxy.",
        discussion: "Give CAIP-19 tokens, or --chain and --contract with --from and --to."
    )

    @OptionGroup var file: ConfigurationOption

    @Argument(help: "Tokens such as eip155:1/erc721:0x…/1.")
    var tokens: [String] = []

    @Option var chain: String?
    @Option var contract: String?
    @Option(help: "The first token id of a range.") var from: String?
    @Option(help: "The last token id of a range.") var to: String?
    @Option(help: "Fetches under way at once.") var concurrency: Int?
    @Option(help: "Tokens begun per second, at most.") var rate: Int?
    @Flag(help: "Fetch what is fresh, too.") var refresh = false
    @Flag(help: "Print the final progress as JSON and nothing else.") var json = false

    func validate() throws {
        let isRange = chain != nil && contract != nil && from != nil && to != nil
        guard isRange != !tokens.isEmpty else {
            throw ValidationError("Give tokens, or all of --chain, --contract, --from and --to.")
        }
    }

    func run() async throws {
        let admin = try AdminConnection(file)
        let request = WarmRequestText(
            tokens: tokens, chain: chain, contract: contract, from: from, to: to, concurrency: concurrency, rate: rate,
            refresh: refresh)
        let identifier = try WarmProgress.identifier(in: try await admin.post("/admin/warm", request.body))
        while true {
            let text = try await admin.get("/admin/warm/\(identifier)")
            let progress = try WarmProgress(text)
            if !json, StandardError.isTerminal { StandardError.write("\r\(progress.bar)") }
            if progress.isOver {
                print(json ? text : (StandardError.isTerminal ? "\n" : "") + progress.summary)
                if progress.failed > 0 {
                    throw CommandFailure(code: 1, description: "\(progress.failed) tokens failed")
                }
                return
            }
            await admin.pause(.milliseconds(200))
        }
    }
}
