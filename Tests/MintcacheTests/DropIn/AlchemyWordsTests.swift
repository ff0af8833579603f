import Testing
import Tokens

@testable import Mintcache

@Suite struct `Why there is no metadata, in Alchemy's words` {
    private func words(_ failure: TokenFailure, tokenURI: String? = nil) throws -> String {
        var token = DropInToken(try reference(), failure, at: 0)
        token.tokenURI = tokenURI
        return AlchemyWords.words(for: failure, of: token, gateways: sampleGateways)
    }

    /// A problem after attempts, each a step, a host and what came of it.
    private func failed(_ attempts: (String, String, String)...) -> TokenFailure {
        var problem = Problem(502, "upstream-failed", "Upstream failed", detail: "")
        problem.attempts = attempts.map { step, host, outcome in
            Problem.Attempt(source: "onchain", step: step, host: host, outcome: outcome, milliseconds: 1)
        }
        return .problem(problem)
    }

    @Test func `the contract has no such token`() throws {
        #expect(try words(.missing(reason: "it says so")) == "Token does not exist")
    }

    @Test(arguments: [nil, "", "gopher://host/1", "not a uri", "file:///etc/passwd"])
    func `the URI leads nowhere`(uri: String?) throws {
        #expect(try words(.unusable(reason: "x"), tokenURI: uri) == "Malformed token uri, do not retry")
    }

    @Test(arguments: ["https://host.example/1", "ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", "data:,x"])
    func `what is there is no metadata`(uri: String) throws {
        #expect(try words(.unusable(reason: "x"), tokenURI: uri) == "Contract returned a broken token uri")
    }

    @Test func `no endpoint of the chain answered`() throws {
        #expect(try words(failed(("rpc", "rpc.example:443", "timeout"))) == "Failed to get token uri")
    }

    @Test(arguments: [
        ("host.example:443", "status-500", "Token uri responded with a non 200 response code"),
        ("host.example:443", "status-429", "Throttled token uri"),
        ("host.example:443", "breaker-open", "Throttled token uri"),
        ("host.example:443", "timeout", "Centralized gateway timed out, try again with a higher tokenUri timeout"),
        ("host.example:443", "name-not-found", "Contract returned a broken token uri"),
        ("host.example:443", "tls", "Contract returned a broken token uri"),
        ("ipfs.example:443", "timeout", "IPFS gateway timed out"),
        ("ipfs.example:443", "connect", "IPFS gateway timed out"),
        ("ipfs.example:443", "status-504", "Token uri responded with a non 200 response code"),
        ("second.example:8443", "breaker-open", "IPFS gateway timed out"),
        ("arweave.example:443", "timeout", "Arweave gateway timed out"),
    ]) func `the document could not be had`(host: String, outcome: String, expected: String) throws {
        let before = [("rpc", "rpc.example:443", "timeout"), ("document", "other.example:443", "tls")]
        #expect(try words(failed(before[0], before[1], ("document", host, outcome))) == expected)
    }

    @Test func `the last attempt at the document tells, whatever else was tried after it`() throws {
        let failure = failed(("document", "ipfs.example:443", "timeout"), ("provider", "api.example:443", "status-500"))
        #expect(try words(failure) == "IPFS gateway timed out")
    }

    @Test func `the caller's time is over, or it wants only what is held`() throws {
        let timeout = "Centralized gateway timed out, try again with a higher tokenUri timeout"
        #expect(try words(.problem(.timedOut)) == timeout)
        #expect(try words(.notHeld) == timeout)
    }

    @Test func `something else went wrong`() throws {
        #expect(try words(.problem(.overloaded(.upstreams))) == "Internal service error")
        #expect(try words(failed()) == "Internal service error")
    }

    @Test func `the operator does not want it`() throws {
        #expect(try words(.withheld(reason: "Ours")) == "Ours")
    }
}
