import EventLoops

/// Places for the tokens that warm jobs have sources asked for: as many as the jobs want while nobody else has any asked,
/// and few while somebody waits. So live requests find the way to the upstreams all but free.
///
/// Pinned to the fetch loop.
actor WarmPlaces {
    /// Tokens of all jobs together that are begun while others' flights are under way.
    static let besideOthers = 4
    private static let pause = Duration.milliseconds(5)

    private let loop: EventLoop
    /// Flights under way, whoever began them.
    private let flights: @Sendable () -> Int
    private(set) var taken = 0

    /// - Parameter flights: called on the loop.
    init(loop: EventLoop, flights: @escaping @Sendable () -> Int) {
        self.loop = loop
        self.flights = flights
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Takes a place as soon as there is one.
    func enter() async {
        while taken >= Self.besideOthers, flights() > taken { await loop.sleep(for: Self.pause) }
        taken += 1
    }

    func leave() {
        taken -= 1
    }
}
