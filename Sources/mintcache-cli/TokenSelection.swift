import ArgumentParser
import Mintcache

/// Tokens on the command line: one by one, or as a range of a contract.
struct TokenSelection: ParsableArguments {
    @Argument(help: "Tokens such as eip155:1/erc721:0x…/1.")
    var tokens: [String] = []

    @Option var chain: String?
    @Option var contract: String?
    @Option(help: "The first token id of a range.") var from: String?
    @Option(help: "The last token id of a range.") var to: String?
    @Option(help: "Fetches under way at once.") var concurrency: Int?
    @Option(help: "Tokens begun per second, at most.") var rate: Int?

    func validate() throws {
        let isRange = chain != nil && contract != nil && from != nil && to != nil
        guard isRange != !tokens.isEmpty else {
            throw ValidationError("Give tokens, or all of --chain, --contract, --from and --to.")
        }
    }

    /// The request that the admin API takes.
    func body(isRefresh: Bool) -> String {
        WarmRequestText(
            tokens: tokens, chain: chain, contract: contract, from: from, to: to, concurrency: concurrency, rate: rate,
            refresh: isRefresh
        ).body
    }
}
