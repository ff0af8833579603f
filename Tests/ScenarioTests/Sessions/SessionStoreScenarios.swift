import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Sessions on more than one Redis", .timeLimit(.minutes(3)), .serialized) struct SessionStoreScenarios {
    private static func options(_ redis: String, timeout: String) -> SessionScene.Options {
        .init(
            redis: redis, redisKeys: ["timeout: \(timeout)"],
            sessions: ["requests_per_minute: 10000", "sign_ins_per_minute: 100"])
    }

    private static func name(of wallet: TestWallet) -> String { "mintcache:sessions:\(wallet.address.lowercased())" }

    @Test func `lie all over a cluster, and are the same for every instance`() async throws {
        let cluster = try await RedisCluster.start()
        let options = Self.options(cluster.url(), timeout: "2s")
        try await SessionScene.play(options) { first in
            try await SessionScene.play(options) { second in
                for key in UInt64(1)...12 {
                    var (phone, desk) = (SessionPage(first, key), SessionPage(second, key))
                    for _ in 0..<2 { try await phone.signIn() }
                    try await desk.signIn()
                    let list = try await phone.ask("GET", "/auth/sessions").document
                    #expect(list["sessions"].map { Array($0.elements).count } == 2)
                }
                for node in cluster.nodes {
                    #expect(try await node.command("KEYS", "mintcache:sessions:*") != "", "the wallets are spread")
                }
                for key in UInt64(1)...12 {
                    var (phone, desk) = (SessionPage(first, key), SessionPage(second, key))
                    try await phone.signIn()
                    try await desk.signIn()
                    #expect(try await second.ask("GET", "/own/a", phone.fields).status == 200)
                    let left = desk.fields
                    #expect(try await desk.ask("DELETE", "/auth/session").status == 204)
                    #expect(try await first.ask("GET", "/own/a", left).status == 401)
                    let everywhere = phone.fields
                    if key % 2 == 0 {
                        #expect(try await phone.ask("DELETE", "/auth/sessions").status == 204)
                    } else {
                        let ended = try await second.admin("DELETE", "/admin/sessions/\(phone.wallet.address)")
                        #expect(try ended.document["ended"]?.integer == 3)
                    }
                    for scene in [first, second] {
                        #expect(try await scene.ask("GET", "/own/a", everywhere).status == 401)
                    }
                }
            }
        }
        try await cluster.stop()
    }

    @Test func `go along when their slot moves to another node of a cluster, and are found on the way`() async throws {
        let cluster = try await RedisCluster.start()
        try await SessionScene.play(Self.options(cluster.url(seeds: 1), timeout: "2s")) { scene in
            var (page, newcomer) = (SessionPage(scene, 1), SessionPage(scene, 2))
            try await page.signIn()
            let name = Self.name(of: page.wallet)
            let source = try await cluster.owner(of: name)
            let target = try #require(cluster.nodes.first { $0 !== source })
            let slot = try #require(Int(try await source.command("CLUSTER", "KEYSLOT", name)))
            try await cluster.move(slot, from: source, to: target)
            #expect(try await page.ask("GET", "/own/a").status == 200)
            // Of a wallet whose slot is half-way, nothing is there yet: it begins where the slot will be.
            let other = Self.name(of: newcomer.wallet)
            let origin = try await cluster.owner(of: other)
            let goal = try #require(cluster.nodes.first { $0 !== origin })
            let moving = try #require(Int(try await origin.command("CLUSTER", "KEYSLOT", other)))
            try await cluster.beginMove(of: moving, from: origin, to: goal)
            for _ in 0..<2 { try await newcomer.signIn() }
            #expect(try await newcomer.ask("GET", "/own/a").status == 200)
            let list = try await newcomer.ask("GET", "/auth/sessions").document
            #expect(list["sessions"].map { Array($0.elements).count } == 1)
            let ended = try await scene.admin("DELETE", "/admin/sessions/\(newcomer.wallet.address)")
            #expect(try ended.document["ended"]?.integer == 1)
            #expect(try await newcomer.ask("GET", "/own/a").status == 401)
            #expect(try await page.ask("DELETE", "/auth/sessions").status == 204)
            #expect(try await target.command("EXISTS", name) == "0")
        }
        try await cluster.stop()
    }

    @Test func `outlive their master behind sentinels, and can be begun and ended on the next`() async throws {
        let group = try await RedisSentinels.start()
        let (old, new) = (group.servers[0], group.servers[1])
        try await SessionScene.play(Self.options(group.url, timeout: "500ms")) { scene in
            var pages = [SessionPage(scene), SessionPage(scene)]
            for index in pages.indices { try await pages[index].signIn() }
            let name = Self.name(of: pages[0].wallet)
            try await eventually("the replica has both") { try await new.command("HLEN", name) == "2" }
            try await old.kill()
            try await eventually(within: .seconds(20), "the sessions are found on the new master") {
                try await pages[0].ask("GET", "/auth/session").status == 200
            }
            #expect(try await new.command("ROLE").hasPrefix("master"))
            var newcomer = SessionPage(scene)
            try await eventually(within: .seconds(20), "somebody can sign in") {
                // Every loop has a connection of its own that finds its way.
                let answer = try await newcomer.ask("POST", "/auth/nonce")
                guard answer.status == 200, let nonce = try answer.document["nonce"]?.string else { return false }
                return try await newcomer.verify(newcomer.message(nonce)).status == 200
            }
            try await eventually(within: .seconds(20), "all three are told") {
                let answer = try await pages[0].ask("GET", "/auth/sessions")
                guard answer.status == 200 else { return false }
                return try answer.document["sessions"].map { Array($0.elements).count } == 3
            }
            try await eventually(within: .seconds(20), "they are signed out everywhere") {
                try await pages[1].ask("DELETE", "/auth/sessions").status == 204
            }
            for page in [pages[0], newcomer] {
                try await eventually(within: .seconds(20), "nobody is signed in") {
                    try await scene.ask("GET", "/own/a", page.fields).status == 401
                }
            }
            #expect(try await new.command("EXISTS", name) == "0")
        }
        try await group.stop()
    }
}
