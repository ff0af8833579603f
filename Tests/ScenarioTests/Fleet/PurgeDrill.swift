import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// A whole collection, purged on one of three instances, run by `make drill` alone.
@Suite(
    "Drill of a purge", .timeLimit(.minutes(20)),
    .enabled(if: ProcessInfo.processInfo.environment["MINTCACHE_DRILL"] == "1"))
struct PurgeDrill {
    private static let tokens: UInt64 = 10_000
    private static let batch: UInt64 = 200
    /// Every token's night is told twice, in its document and in the view of it.
    private static let mentions = 2 * Int(tokens)

    @Test func `of a contract with ten thousand tokens leaves no old answer on any instance`() async throws {
        try await PurgeScene.play { fleet in
            // The first fetches, the others have from Redis what it left there, and then everybody from memory.
            for _ in 0..<2 {
                for proxy in fleet.proxies.indices {
                    let nights = try await nights(of: fleet, on: proxy)
                    #expect(nights == [1: Self.mentions])
                }
            }
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern"), on: 1).status == 200)
            for proxy in fleet.proxies.indices {
                let nights = try await nights(of: fleet, on: proxy)
                #expect(nights == [2: Self.mentions])
            }
        }
    }

    /// How often each night is mentioned by one instance, asked for every token.
    private func nights(of fleet: PurgeScene, on proxy: Int) async throws -> [Int: Int] {
        let contract = fleet.scene.contract("Lantern").lowercase
        var nights: [Int: Int] = [:]
        for start in stride(from: 1, through: Self.tokens, by: Int(Self.batch)) {
            let tokens = (start..<start + Self.batch).map { number in
                #"{"chain":"demo","contract":"\#(contract)","token_id":"\#(number)"}"#
            }
            let answer = try await fleet.scene.post(
                "/v1/batch", body: #"{"tokens":[\#(tokens.joined(separator: ","))]}"#, to: fleet.proxies[proxy])
            try #require(answer.status == 200)
            for night in 1...2 {
                nights[night, default: 0] += answer.text.components(separatedBy: "Night \(night).").count - 1
            }
        }
        return nights.filter { $0.value > 0 }
    }
}
