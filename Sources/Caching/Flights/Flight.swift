/// Those who wait for one key, in the order they came.
struct Flight<Waiter> {
    struct Place {
        let number: UInt64
        /// Nil once taken out.
        var waiter: Waiter?
    }

    /// Sorted by number, because numbers only grow. Emptied places stay until they are the majority.
    private var places: [Place] = []
    private(set) var count = 0

    /// A closure, because in generic code a key path is put together at run time on every use, for microseconds.
    var all: [Waiter] { places.compactMap { $0.waiter } }

    mutating func append(_ waiter: Waiter, number: UInt64) {
        places.append(Place(number: number, waiter: waiter))
        count += 1
    }

    /// Takes out the waiter with `number`, in logarithmic time on average.
    mutating func remove(number: UInt64) -> Waiter? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < places.count, places[low].number == number, let waiter = places[low].waiter.take() else {
            return nil
        }
        count -= 1
        if count < places.count / 2 { places.removeAll { $0.waiter == nil } }
        return waiter
    }
}

extension Flight: Sendable where Waiter: Sendable {}
extension Flight.Place: Sendable where Waiter: Sendable {}
