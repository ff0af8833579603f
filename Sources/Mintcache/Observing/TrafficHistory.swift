/// The last samples of the traffic, so that who comes sees more than now, and who comes back what was missed.
struct TrafficHistory: Sendable {
    /// Samples kept.
    static let capacity = 300

    /// Names the process, and is another after each start: numbers of samples begin anew.
    let process: String
    private(set) var samples: [TrafficSample] = []

    init(process: String) {
        self.process = process
    }

    /// The number of the newest sample; 0 before the first.
    var last: Int { samples.last?.number ?? 0 }

    mutating func append(_ sample: TrafficSample) {
        samples.append(sample)
        if samples.count > Self.capacity { samples.removeFirst() }
    }

    /// What a sample is known by to those who may come back.
    func identifier(of sample: TrafficSample) -> String { "\(process) \(sample.number)" }

    /// The number of the sample with this identifier; 0 when it is none of this process.
    func number(of identifier: String?) -> Int {
        let parts = (identifier ?? "").split(separator: " ")
        guard parts.count == 2, parts[0] == process, let number = Int(parts[1]) else { return 0 }
        return number
    }

    /// The samples after the one with this number, the oldest first.
    func samples(after number: Int) -> [TrafficSample] {
        samples.filter { $0.number > number }
    }
}
