/// The keys whose values were found to be large, as far as there is room. A key that was forgotten costs one slow
/// reply, and so do two with the same hash: neither is wrong.
struct LargeKeys {
    static let capacity = 4096

    private var hashes: Set<Int> = []

    var isEmpty: Bool { hashes.isEmpty }

    mutating func insert(_ key: [UInt8]) {
        if hashes.count >= Self.capacity { hashes.removeFirst() }
        hashes.insert(key.hashValue)
    }

    mutating func remove(_ key: [UInt8]) {
        hashes.remove(key.hashValue)
    }

    /// Whether the key of one of these commands is among them.
    func hold(anyOf commands: [RedisCommand]) -> Bool {
        guard !hashes.isEmpty else { return false }
        return commands.contains { command in command.key.map { hashes.contains($0.hashValue) } ?? false }
    }
}
