extension RedisCommand {
    /// The key that decides which node of a cluster has to run the command; nil for commands about no key. Of several
    /// keys the first: a cluster wants them all in one slot.
    var key: [UInt8]? {
        let position: Int? =
            switch name {
            case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL": keyAfterCount
            case "XREAD", "XREADGROUP": arguments.firstIndex { Self.isText($0, "STREAMS") }.map { $0 + 1 }
            case "XGROUP", "XINFO", "OBJECT", "MEMORY": 2
            case "PING", "ECHO", "AUTH", "SELECT", "CLIENT", "CLUSTER", "SENTINEL", "CONFIG", "INFO", "DEBUG", "ROLE",
                "SCRIPT", "FUNCTION", "PUBLISH", "ACL", "COMMAND", "DBSIZE", "FLUSHALL", "FLUSHDB", "SCAN", "TIME",
                "WAIT", "ASKING", "MULTI", "EXEC", "DISCARD", "UNWATCH", "READONLY", "READWRITE", "LATENCY", "SLOWLOG",
                "REPLICAOF", "SAVE", "BGSAVE", "LASTSAVE", "KEYS", "RANDOMKEY", "SWAPDB", "MODULE", "HELLO", "RESET":
                nil
            default: 1
            }
        guard let position, position < arguments.count else { return nil }
        return arguments[position]
    }

    /// The command's name in capitals.
    var name: String {
        String(decoding: arguments[0], as: UTF8.self).uppercased()
    }

    /// The script, the number of keys, the keys.
    private var keyAfterCount: Int? {
        guard arguments.count > 3, !Self.isText(arguments[2], "0") else { return nil }
        return 3
    }

    private static func isText(_ argument: [UInt8], _ text: String) -> Bool {
        argument.count == text.utf8.count && String(decoding: argument, as: UTF8.self).uppercased() == text
    }
}
