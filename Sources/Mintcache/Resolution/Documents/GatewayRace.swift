import EventLoops
import Tokens
import UpstreamFetching

/// Asks one place after another for the same content. The next is asked at once when one has no document, and beside
/// one that takes its time; the first document wins, and the others are broken off.
struct GatewayRace: Sendable {
    let exchange: DocumentExchange
    let gateways: GatewayTable
    let hedge: Configuration.Upstream.Hedge
    let loop: EventLoop
    let metrics: Metrics

    private enum Event: Sendable {
        case replied(Int, PlaceReply, after: Duration)
        /// A place has not answered in the usual time.
        case late(Int)
    }

    /// What is known while it lasts.
    private struct Course {
        let places: [ContentPlace]
        /// How many have been asked, those broken off included.
        var asked = 0
        var starts: [MonotonicTime] = []
        var running: Set<Int> = []
        /// Those asked beside another.
        var hedges: Set<Int> = []
        var verdicts: [(place: Int, UnusableDocument)] = []
        /// Whether somebody gave no answer at all.
        var hasFaults = false

        var hasMore: Bool { asked < places.count }
    }

    /// - Parameter places: in the order in which to ask; gateways, or the only host.
    func run(
        _ places: [ContentPlace], unlessAs conditions: SourceValidators, by deadline: MonotonicTime
    ) async -> DocumentReport {
        var trace = ResolutionTrace()
        let finding = await withTaskGroup(of: Event.self) { group -> DocumentReport.Finding in
            defer { group.cancelAll() }
            var course = Course(places: places)
            start(&course, &group, conditions, deadline)
            while !course.running.isEmpty, let event = await group.next() {
                switch event {
                case .replied(let index, let reply, let duration):
                    course.running.remove(index)
                    if let note = reply.note { trace.note(note, places[index], since: course.starts[index]) }
                    if let finding = take(reply, from: index, after: duration, &course) { return finding }
                    start(&course, &group, conditions, deadline)
                case .late(let index):
                    guard course.running.contains(index), course.hasMore else { continue }
                    course.hedges.insert(course.asked)
                    metrics.hedges.increment()
                    start(&course, &group, conditions, deadline)
                }
            }
            return verdict(of: course).map { .unusable($0) } ?? .nothing
        }
        return DocumentReport(finding: finding, trace: trace)
    }

    /// Asks the next place, if there is one and there is time.
    private func start(
        _ course: inout Course, _ group: inout TaskGroup<Event>, _ conditions: SourceValidators,
        _ deadline: MonotonicTime
    ) {
        let now = MonotonicTime.current
        guard course.hasMore, now < deadline else { return }
        let index = course.asked
        let place = course.places[index]
        course.asked += 1
        course.starts.append(now)
        course.running.insert(index)
        let patience = place.gateway.flatMap { gateways.patience(with: $0.endpoint, of: $0.network, hedge) }
        // Where nobody else is asked meanwhile, one that hangs must leave time for the others.
        let limit = course.hasMore && patience == nil ? now + (deadline - now) / 2 : deadline
        // Asking another place is better than asking the same again.
        let retries = course.hasMore ? 0 : nil
        group.addTask {
            let reply = await exchange.ask(place, unlessAs: conditions, by: limit, retries: retries)
            return .replied(index, reply, after: .current - now)
        }
        guard course.hasMore, let patience else { return }
        group.addTask {
            await loop.sleep(for: patience)
            return .late(index)
        }
    }

    /// What one place's reply decides by itself, if anything.
    private func take(
        _ reply: PlaceReply, from index: Int, after duration: Duration, _ course: inout Course
    ) -> DocumentReport.Finding? {
        switch reply.answer {
        case .found(let finding):
            note(.answered(in: duration), of: course.places[index])
            for slower in course.running where slower < index { note(.overtaken, of: course.places[slower]) }
            for (liar, unusable) in course.verdicts where unusable.kind == .malformed {
                note(.failed(.unusable), of: course.places[liar])
            }
            if course.hedges.contains(index) { metrics.hedgesWon.increment() }
            return finding
        case .unusable(let unusable):
            course.verdicts.append((index, unusable))
        case .nothing(let fault):
            course.hasFaults = true
            if let fault { note(.failed(fault), of: course.places[index]) }
        }
        return nil
    }

    /// What is believed when nobody has a document. That something is absent or withheld is believed when all who
    /// answered say no; that it is no metadata only when nobody is left who might know better.
    private func verdict(of course: Course) -> UnusableDocument? {
        let verdicts = course.verdicts.map(\.1)
        let isComplete = !course.hasFaults && !course.hasMore
        guard isComplete || !verdicts.contains(where: { $0.kind == .malformed }) else { return nil }
        return verdicts.first { $0.kind == .absent } ?? verdicts.first { $0.kind == .malformed } ?? verdicts.first
    }

    private func note(_ outcome: GatewayOutcome, of place: ContentPlace) {
        // What a host does that a URI chose below a gateway's is not the gateway's doing.
        guard let gateway = place.gateway, place.trust == .configured else { return }
        gateways.note(outcome, of: gateway.endpoint, gateway.network)
        if case .failed(let fault) = outcome { metrics.gatewayFailures.count(fault) }
    }
}
