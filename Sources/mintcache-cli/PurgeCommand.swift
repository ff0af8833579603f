import ArgumentParser
import Mintcache

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Let every instance and every tier forget answers.",
        discussion: """
            Give CAIP-19 tokens, or --chain and --contract, or --route, alone or with --url or --prefix, or --tag, or \
            --everything.
            """)

    @OptionGroup var file: ConfigurationOption

    @Argument(help: "Tokens such as eip155:1/erc721:0x…/1.")
    var tokens: [String] = []

    @Option var chain: String?
    @Option var contract: String?
    @Option(help: "The name of a route.") var route: String?
    @Option(help: "One URL of the route, or its path and query.") var url: String?
    @Option(help: "What the URLs of the route begin with.") var prefix: String?
    @Option(help: "A tag of answers, as their Cache-Tag or Surrogate-Key has it.") var tag: String?
    @Flag(help: "All there is.") var everything = false
    @Flag(help: "Only mark what is held as stale: it is answered with until it has been fetched anew.") var soft = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func validate() throws {
        let scopes = [!tokens.isEmpty, contract != nil, route != nil, tag != nil, everything].count { $0 }
        guard scopes == 1, (chain != nil) == (contract != nil), route != nil || (url ?? prefix) == nil else {
            throw ValidationError(
                "Give tokens, --chain and --contract, --route with or without --url or --prefix, --tag, or --everything."
            )
        }
    }

    func run() async throws {
        let request = PurgeRequestText(
            tokens: tokens, chain: chain, contract: contract, route: route, url: url, prefix: prefix, tag: tag,
            everything: everything, soft: soft)
        let text = try await AdminConnection(file).post("/admin/purge", request.body, within: .seconds(120))
        print(json ? text : Outline(try AdminConnection.root(of: text)).text)
    }
}
