import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

extension Scene {
    /// Starts a job and answers its path.
    func startWarming(_ body: String, on proxy: ProxyServer? = nil) async throws -> String {
        let accepted = try await admin("POST", "/admin/warm", body: body, on: proxy)
        #expect(accepted.status == 202, "\(accepted.text)")
        let location = try #require(accepted["Location"])
        let identifier = try JSONDocument(validating: accepted.body).root["id"]?.string
        #expect(identifier.map { "/admin/warm/\($0)" } == location)
        return location
    }

    func job(_ location: String, on proxy: ProxyServer? = nil) async throws -> JSONValue {
        try JSONDocument(validating: try await admin("GET", location, on: proxy).body).root
    }

    /// The job when it is over.
    func finished(_ location: String, on proxy: ProxyServer? = nil) async throws -> JSONValue {
        var last: JSONValue?
        try await eventually(within: .seconds(60), "the job has ended") {
            last = try await job(location, on: proxy)
            return !["queued", "running"].contains(last?["state"]?.string)
        }
        return try #require(last)
    }

    /// What became of warming.
    func warmed(_ body: String) async throws -> JSONValue {
        try await finished(try await startWarming(body))
    }

    /// Chain and contract as members of a request.
    func members(_ collection: String) -> String {
        #""chain":"demo","contract":"\#(contract(collection).lowercase)""#
    }

    /// Requests for documents so far.
    var documentRequests: Int {
        let counters = upstream.counters
        return counters.ipfsRequests + counters.arweaveRequests + counters.webRequests
    }
}

extension JSONValue {
    /// The counts of a job, in the order of the words.
    func counts(_ names: String...) -> [Int64?] { names.map { self[$0]?.integer } }
}
