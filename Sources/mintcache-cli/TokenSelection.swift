import ArgumentParser
import Mintcache

/// Tokens on the command line: one by one, a range or all of a contract, or a file.
struct TokenSelection: ParsableArguments {
    @Argument(help: "Tokens such as eip155:1/erc721:0x…/1.")
    var tokens: [String] = []

    @Option var chain: String?
    @Option var contract: String?
    @Option(help: "The first token id of a range.") var from: String?
    @Option(help: "The last token id of a range.") var to: String?
    @Flag(help: "All tokens of the contract, as it tells them itself.") var supply = false
    @Option(help: "A file with a token as JSON in each line; - for standard input.") var file: String?
    @Option(help: "Tokens under way at once.") var concurrency: Int?
    @Option(help: "Tokens begun per second, at most.") var rate: Int?

    /// Whether it says how the tokens are to be fetched.
    var hasOptions: Bool { concurrency != nil || rate != nil }

    /// What is wrong with the tokens.
    ///
    /// - Parameters:
    ///   - isElsewhere: whether something else names them.
    ///   - others: what else may, for people.
    func check(isElsewhere: Bool = false, others: String = "") throws {
        let isOfContract = from != nil || supply
        let ways = [!tokens.isEmpty, file != nil, from != nil, supply, isElsewhere]
        guard ways.count(where: { $0 }) == 1, (from == nil) == (to == nil), (chain == nil) == (contract == nil),
            isElsewhere || isOfContract == (contract != nil)
        else {
            throw ValidationError(
                "Give tokens, or --file, or --chain and --contract with --supply or with --from and --to\(others).")
        }
    }

    /// The request that the admin API takes.
    func request(isRefresh: Bool = false, isDryRun: Bool = false, isArchive: Bool = false) -> WarmRequestText {
        var request = WarmRequestText()
        (request.tokens, request.chain, request.contract) = (tokens, chain, contract)
        (request.from, request.to, request.isSupply, request.isArchive) = (from, to, supply, isArchive)
        (request.concurrency, request.rate) = (concurrency, rate)
        (request.isRefresh, request.isDryRun) = (isRefresh, isDryRun)
        return request
    }
}
