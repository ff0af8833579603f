/// Where a node of a cluster sends a command that it does not run.
enum Redirection {
    /// There, and all others for the same slot from now on.
    case moved(slot: Int, RedisEndpoint)
    /// There, this once, with `ASKING` in front.
    case ask(RedisEndpoint)
    /// The same way again in a moment.
    case again

    /// - Parameter host: the node's own, which it does not repeat when it does not know it.
    init?(_ error: RedisServerError, from host: String) {
        switch error.code {
        case "TRYAGAIN", "CLUSTERDOWN":
            self = .again
        case "MOVED", "ASK":
            let words = error.message.split(separator: " ")
            guard words.count >= 2, let slot = Int(words[0]), (0..<KeySlot.count).contains(slot),
                let named = RedisEndpoint(redirection: words[1])
            else { return nil }
            let node = RedisEndpoint(host: named.host.isEmpty ? host : named.host, port: named.port)
            self = error.code == "MOVED" ? .moved(slot: slot, node) : .ask(node)
        default:
            return nil
        }
    }
}
