import Testing

@testable import RedisStore

@Suite("The slot of a key")
struct KeySlotTests {
    @Test(
        "is the one that Redis computes",
        arguments: [
            ("123456789", 12739), ("", 0), ("foo", 12182), ("{foo}.x", 12182), ("a{foo}b{bar}", 12182),
        ])
    func values(key: String, slot: Int) {
        #expect(KeySlot.slot(of: Array(key.utf8)) == slot)
    }

    @Test("is that of the text in the first braces, unless there is none in them")
    func tags() {
        func slot(_ key: String) -> Int { KeySlot.slot(of: Array(key.utf8)) }
        #expect(slot("p:t:{eip155:1/0xaa/1}") == slot("p:l:{eip155:1/0xaa/1}"))
        #expect(slot("foo{{bar}}zap") == slot("{bar"))
        #expect(slot("foo{}{bar}") != slot("bar"))
        #expect(slot("foo{bar") != slot("bar"))
    }

    @Test(
        "is looked for where each command has its key",
        arguments: [
            (RedisCommand("GET", "k"), "k"), (RedisCommand("set", "k", "v"), "k"),
            (RedisCommand("XADD", "k", "*", "f", "v"), "k"),
            (RedisCommand("XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", "k", ">"), "k"),
            (RedisCommand("XREAD", "BLOCK", "5", "streams", "k", "$"), "k"),
            (RedisCommand("XGROUP", "CREATE", "k", "g", "0"), "k"), (RedisCommand("XAUTOCLAIM", "k", "g"), "k"),
            (RedisCommand("EVAL", "return 1", "1", "k", "argument"), "k"), (RedisCommand("EVAL", "return 1", "0"), nil),
            (RedisCommand("PING"), nil), (RedisCommand("SCRIPT", "LOAD", "x"), nil), (RedisCommand("GET"), nil),
        ])
    func keys(command: RedisCommand, key: String?) {
        #expect(command.key == key.map { Array($0.utf8) })
    }
}
