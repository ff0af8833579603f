import Caching

/// What there is of each token of a batch, and what is still to come. Pure.
///
/// Bounded: so many bytes of tokens are held until they are written, and no more. One that comes when there is no room is
/// let go of, and asked for again in its turn, when a tier has it.
struct BatchSlots {
    enum State {
        case unasked
        case waiting(FlightWaiter)
        case lookingUp
        case held(BatchDelivery)
        /// It was there, and there was no room.
        case letGo
        case written
    }

    private var states: [State]
    private let budget: Int
    private let format: BatchFormat
    private(set) var heldBytes = 0
    /// Slots in the order in which they are asked for, those before ``next`` done with.
    private var line: [Int]
    private var next = 0
    private(set) var unaskedCount: Int
    /// Tokens that are there, in the order in which they came, and those that were let go of. For lines.
    private var arrivals: [Int] = []
    private var gone: [Int] = []
    /// The token whose turn it is: for it there is always room.
    var awaited: Int?

    /// - Parameter budget: bytes of tokens that may wait to be written.
    init(count: Int, budget: Int, format: BatchFormat) {
        states = Array(repeating: .unasked, count: count)
        line = Array(0..<count)
        unaskedCount = count
        self.budget = budget
        self.format = format
    }

    var indices: Range<Int> { states.indices }
    var hasArrivals: Bool { !arrivals.isEmpty }

    subscript(slot: Int) -> State { states[slot] }

    // MARK: Asking

    /// The first that has not been asked for. It is the caller's to ask.
    mutating func takeUnasked() -> Int? {
        while next < line.count {
            defer { next += 1 }
            if case .unasked = states[line[next]] { return line[next] }
        }
        return nil
    }

    mutating func wait(for slot: Int, with waiter: FlightWaiter) { set(slot, .waiting(waiter)) }
    mutating func lookUp(_ slot: Int) { set(slot, .lookingUp) }

    /// Puts a token that was let go of before all others that are to be asked for.
    mutating func queueAgain(_ slot: Int) {
        set(slot, .unasked)
        guard next > 0 else { return line.insert(slot, at: 0) }
        next -= 1
        line[next] = slot
    }

    /// Slots whose flights are waited for, with who waits.
    var waiting: [(slot: Int, waiter: FlightWaiter)] {
        states.indices.compactMap { slot in
            if case .waiting(let waiter) = states[slot] { (slot, waiter) } else { nil }
        }
    }

    // MARK: Arriving

    /// Takes what came for a slot. Returns whether it is held.
    mutating func take(_ delivery: BatchDelivery, for slot: Int) -> Bool {
        let size = delivery.body.count
        guard heldBytes == 0 || heldBytes + size <= budget || slot == awaited else {
            set(slot, .letGo)
            if format == .lines { gone.append(slot) }
            return false
        }
        heldBytes += size
        set(slot, .held(delivery))
        if format == .lines { arrivals.append(slot) }
        return true
    }

    /// The token that came first and is not written yet.
    mutating func takeArrival() -> (slot: Int, delivery: BatchDelivery)? {
        while !arrivals.isEmpty {
            let slot = arrivals.removeFirst()
            if case .held(let delivery) = states[slot] { return (slot, delivery) }
        }
        return nil
    }

    /// The token that was let go of first.
    mutating func takeGone() -> Int? { gone.isEmpty ? nil : gone.removeFirst() }

    mutating func written(_ slot: Int) {
        if case .held(let delivery) = states[slot] { heldBytes -= delivery.body.count }
        set(slot, .written)
    }

    private mutating func set(_ slot: Int, _ state: State) {
        if case .unasked = states[slot] { unaskedCount -= 1 }
        if case .unasked = state { unaskedCount += 1 }
        states[slot] = state
    }
}
