/// Who handles which descriptor. Descriptor numbers are small and dense, so the table is an array; each slot counts its
/// registrations, so that an event fetched for an earlier owner of a reused number is told apart and dropped.
struct DescriptorTable {
    private struct Slot {
        var handler: (any EventHandler)?
        var generation: UInt32 = 0
    }

    private var slots: [Slot] = []

    /// Generations start at 1: 0 marks the loop's own descriptors.
    mutating func insert(_ handler: any EventHandler, at descriptor: Int32) -> UInt32 {
        let index = Int(descriptor)
        while slots.count <= index { slots.append(Slot()) }
        precondition(slots[index].handler == nil, "Descriptor \(descriptor) is registered already.")
        slots[index].handler = handler
        slots[index].generation = slots[index].generation == .max ? 1 : slots[index].generation + 1
        return slots[index].generation
    }

    func contains(_ descriptor: Int32, generation: UInt32) -> Bool {
        handler(at: descriptor, generation: generation) != nil
    }

    @inline(__always)
    func handler(at descriptor: Int32, generation: UInt32) -> (any EventHandler)? {
        let index = Int(descriptor)
        guard index < slots.count, slots[index].generation == generation else { return nil }
        return slots[index].handler
    }

    @discardableResult
    mutating func remove(at descriptor: Int32, generation: UInt32) -> Bool {
        guard contains(descriptor, generation: generation) else { return false }
        slots[Int(descriptor)].handler = nil
        return true
    }

    mutating func removeAll() {
        for index in slots.indices { slots[index].handler = nil }
    }
}
