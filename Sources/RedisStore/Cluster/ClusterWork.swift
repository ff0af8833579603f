/// A pipeline on its way through a cluster: commands in units that one node has to run, and the replies so far.
struct ClusterWork {
    /// Commands that stay together: one alone, or a transaction from `MULTI` to `EXEC`.
    struct Unit {
        let range: Range<Int>
        let slot: Int?
        var redirection: Redirection?
        var isDone = false
    }

    /// What one node gets in one piece.
    struct Part {
        let node: RedisEndpoint
        var commands: [RedisCommand] = []
        /// Units with where their replies begin.
        var units: [(index: Int, offset: Int)] = []
    }

    let commands: [RedisCommand]
    private(set) var units: [Unit] = []
    private var replies: [RedisReply]

    init(_ commands: [RedisCommand]) {
        self.commands = commands
        replies = Array(repeating: .null, count: commands.count)
        var start = 0
        while start < commands.count {
            var end = start + 1
            if commands[start].name == "MULTI" {
                while end < commands.count, commands[end - 1].name != "EXEC" { end += 1 }
            }
            let key = commands[start..<end].lazy.compactMap(\.key).first
            units.append(Unit(range: start..<end, slot: key.map { KeySlot.slot(of: $0) }))
            start = end
        }
    }

    /// The replies, in the order of the commands.
    var result: [RedisReply] { replies }
    var isDone: Bool { units.allSatisfy(\.isDone) }
    /// Whether all that is left has to wait for the cluster rather than go elsewhere.
    var isHeldUp: Bool {
        units.contains { unit in
            guard !unit.isDone, case .again = unit.redirection else { return false }
            return true
        }
    }

    /// What is left, by node, in order.
    ///
    /// - Parameter place: where the map says that a slot is; nil stands for any node.
    func parts(_ place: (Int?) throws(RedisError) -> RedisEndpoint) throws(RedisError) -> [Part] {
        var parts: [Part] = []
        for (index, unit) in units.enumerated() where !unit.isDone {
            let target: RedisEndpoint
            var isAsking = false
            if case .ask(let other) = unit.redirection {
                (target, isAsking) = (other, true)
            } else {
                target = try place(unit.slot)
            }
            let position = parts.firstIndex { $0.node == target } ?? parts.count
            if position == parts.count { parts.append(Part(node: target)) }
            if isAsking { parts[position].commands.append(RedisCommand("ASKING")) }
            parts[position].units.append((index, parts[position].commands.count))
            parts[position].commands += commands[unit.range]
        }
        return parts
    }

    /// Takes what a node answered to its part, and says which slots have moved.
    mutating func take(_ answers: [RedisReply], to part: Part) -> [(slot: Int, node: RedisEndpoint)] {
        var moves: [(slot: Int, node: RedisEndpoint)] = []
        for (index, offset) in part.units {
            let range = units[index].range
            let own = answers[offset..<(offset + range.count)]
            let redirection = own.lazy.compactMap(\.serverError)
                .compactMap { Redirection($0, from: part.node.host) }.first
            units[index].redirection = redirection
            if case .moved(let slot, let node) = redirection { moves.append((slot, node)) }
            units[index].isDone = redirection == nil
            // An error that leads nowhere any more is an answer like another.
            replies.replaceSubrange(range, with: own)
        }
        return moves
    }
}
