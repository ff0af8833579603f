import EventLoops
import SampleUpstream
import Testing
import Tokens

/// A sample upstream on a free port for the length of one test.
struct UpstreamUnderTest {
    let upstream: SampleUpstream
    let address: SocketAddress

    /// Starts an upstream, runs the test, and stops it.
    static func run(
        _ configuration: SampleUpstream.Configuration = .init(), _ body: (UpstreamUnderTest) async throws -> Void
    ) async throws {
        let loops = try EventLoopGroup(count: 1, label: "sample-upstream-test")
        let upstream = SampleUpstream(configuration)
        let address = try await upstream.start(on: loops.loops)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(UpstreamUnderTest(upstream: upstream, address: address)))
        } catch {
            result = .failure(error)
        }
        await upstream.stop()
        loops.shutdown()
        try result.get()
    }

    func get(_ path: String, fields: [String] = [], patience: Duration = .seconds(10)) async -> RawClient.Answer {
        await send("GET", path, fields: fields, body: [], patience: patience)
    }

    func post(_ path: String, _ body: String, patience: Duration = .seconds(10)) async -> RawClient.Answer {
        await send("POST", path, fields: ["Content-Type: application/json"], body: Array(body.utf8), patience: patience)
    }

    func send(
        _ method: String, _ path: String, fields: [String] = [], body: [UInt8] = [], patience: Duration = .seconds(10)
    ) async -> RawClient.Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(address)", "Connection: close"] + fields
        if !body.isEmpty { lines.append("Content-Length: \(body.count)") }
        let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
        return await RawClient.send(Array(head.utf8) + body, to: address, patience: patience)
    }

    // MARK: JSON-RPC

    func rpc(_ body: String) async throws -> JSONValue {
        let answer = await post("/rpc", body)
        #expect(answer.status == 200)
        return try JSONDocument(validating: answer.rawBody).root
    }

    func call(_ call: ContractCall) async throws -> JSONValue {
        try await rpc(String(decoding: RPCRequest.body(call, identifier: 7), as: UTF8.self))
    }

    /// The string that a call returns.
    func string(_ call: ContractCall) async throws -> String {
        let result = try #require(try await self.call(call)["result"]?.string)
        return String(decoding: try ABIString.decode(result), as: UTF8.self)
    }

    func tokenURI(_ collection: String, _ token: UInt64) async throws -> String {
        let contract = try contract(of: collection)
        return try await string(.tokenURI(of: TokenIdentifier(token), in: contract))
    }

    func contract(of collection: String) throws -> ContractAddress {
        try #require(upstream.collections.first { $0.name == collection }).contract
    }

    /// The path on this upstream that a token URI leads to.
    func path(of uri: String) throws -> String {
        let base = upstream.baseURL
        let url = try #require(TokenURI(parsing: uri).url(ipfsGateway: base, arweaveGateway: base))
        #expect(url.hasPrefix(upstream.baseURL + "/"))
        return String(url.dropFirst(upstream.baseURL.count))
    }
}

/// Reads one ABI-encoded string without the product's own decoder.
enum ABIString {
    struct Malformed: Error {}

    static func decode(_ hex: String) throws -> [UInt8] {
        let digits = Array(hex.utf8.dropFirst(2))
        let bytes = try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                throw Malformed()
            }
            return byte
        }
        guard bytes.count >= 64, bytes.count.isMultiple(of: 32), bytes[31] == 32 else { throw Malformed() }
        let length = bytes[56..<64].reduce(0) { $0 << 8 | Int($1) }
        guard 64 + length <= bytes.count else { throw Malformed() }
        return Array(bytes[64..<64 + length])
    }
}
