import ArgumentParser
import EventLoops
import SampleUpstream

/// Serves the sample upstream until it is told to stop.
@main
struct SampleUpstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample-upstream",
        abstract: "A small internet for tests and demonstrations.",
        discussion: """
            Serves a chain's JSON-RPC at /rpc, IPFS and Arweave gateways, and a web host. GET /control/collections lists \
            the tokens. SIGTERM and SIGINT stop it.
            """
    )

    @Option(help: "Where to listen: an IPv4 address or a bracketed IPv6 address, and a port; 0 takes a free one.")
    var listen = "127.0.0.1:0"

    @Option(help: "A folder of real documents with an index.json.")
    var corpus: String?

    @Option(help: "How clients reach the server, for the URLs that it hands out.")
    var publicURL: String?

    @Flag(help: "Redirect /{transaction} before answering, as Arweave's public gateways do.")
    var arweaveSandbox = false

    @Option(help: "Event loops.")
    var loops = 1

    func validate() throws {
        guard ListenAddress(listen) != nil else {
            throw ValidationError("--listen: \"\(listen)\" is not an address and a port, such as 127.0.0.1:8545.")
        }
        guard (1...64).contains(loops) else { throw ValidationError("--loops: from 1 to 64.") }
    }

    func run() async throws {
        guard let address = ListenAddress(listen)?.address else { throw ExitCode(2) }
        var configuration = SampleUpstream.Configuration(
            address: address, publicURL: publicURL, usesArweaveSandbox: arweaveSandbox)
        if let corpus { configuration.corpus = try Corpus(folder: corpus) }
        let stop = StopSignals()
        let group = try EventLoopGroup(count: loops, label: "sample-upstream")
        let upstream = SampleUpstream(configuration)
        try await upstream.start(on: group.loops)
        print("# sample upstream at \(upstream.baseURL), for mintcache.yaml:")
        print(upstream.configurationExcerpt)
        StandardOutput.flush()
        await stop.first()
        await upstream.stop()
        group.shutdown()
    }
}
