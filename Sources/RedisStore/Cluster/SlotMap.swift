/// Which node of a cluster has which slot, as far as is known.
struct SlotMap {
    /// All nodes that have slots, without their replicas.
    private(set) var nodes: [RedisEndpoint]
    /// For each slot an index into `nodes`.
    private var owners: [UInt16?]

    /// Reads the reply to `CLUSTER SLOTS`; nil when it is none, or names no node.
    ///
    /// - Parameter host: whom was asked; nodes that do not know their own address give none.
    init?(_ reply: RedisReply, askedOf host: String) {
        guard let ranges = reply.elements else { return nil }
        nodes = []
        owners = Array(repeating: nil, count: KeySlot.count)
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer, 0 <= first, first <= last, last < KeySlot.count,
                let master = Self.endpoint(parts[2], host)
            else { return nil }
            let index = Self.index(of: master, in: &nodes)
            for slot in Int(first)...Int(last) { owners[slot] = index }
        }
        if nodes.isEmpty { return nil }
    }

    /// The node that has a slot; nil when none is known to.
    func node(for slot: Int) -> RedisEndpoint? {
        owners[slot].map { nodes[Int($0)] }
    }

    /// Takes a node's word that another one has a slot now.
    mutating func move(_ slot: Int, to node: RedisEndpoint) {
        owners[slot] = Self.index(of: node, in: &nodes)
    }

    private static func index(of node: RedisEndpoint, in nodes: inout [RedisEndpoint]) -> UInt16 {
        let index = nodes.firstIndex(of: node) ?? nodes.count
        if index == nodes.count { nodes.append(node) }
        return UInt16(index)
    }

    private static func endpoint(_ node: RedisReply, _ asked: String) -> RedisEndpoint? {
        guard let parts = node.elements, parts.count >= 2, let port = parts[1].integer.flatMap(UInt16.init(exactly:)),
            port > 0
        else { return nil }
        let host = parts[0].text ?? ""
        return RedisEndpoint(host: host.isEmpty ? asked : host, port: port)
    }
}
