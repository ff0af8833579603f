import EventLoops
import Tokens

/// Asks one gateway after another for content. The next is asked at once when one has nothing, and beside one that takes
/// its time; the first with content wins, and the others are broken off.
struct ContentRace: Sendable {
    let exchange: GatewayExchange
    let table: GatewayTable
    let hedge: Configuration.Upstream.Hedge
    let loop: EventLoop
    let metrics: Metrics

    /// How long the other gateways have to do better than a page that nothing vouches for.
    private static let doubtTime = Duration.seconds(2)

    enum Outcome: Sendable {
        /// Anything but ``GatewayReply/nothing(_:)``.
        case reply(GatewayReply)
        /// By all who were asked, in order.
        case nothing([Attempt])
    }

    /// A gateway that had nothing.
    struct Attempt: Sendable {
        let gateway: Configuration.Endpoint
        let absence: Absence
        let duration: Duration
    }

    private enum Event: Sendable {
        case replied(Int, GatewayReply, after: Duration)
        /// A gateway has not answered in the usual time.
        case late(Int)
        /// Nobody did better than the page.
        case doubtIsOver
    }

    /// What is known while it lasts.
    private struct Course {
        let gateways: [Configuration.Endpoint]
        var asked = 0
        var running: Set<Int> = []
        /// Those asked beside another.
        var hedges: Set<Int> = []
        var attempts: [Attempt] = []
        var page: ContentArrival?

        var hasMore: Bool { asked < gateways.count }
    }

    func run(
        _ gateways: [Configuration.Endpoint], for wish: ContentWish, by deadline: MonotonicTime
    ) async -> Outcome {
        await withTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            var course = Course(gateways: table.order(gateways, of: wish.network))
            start(&course, &group, wish, deadline)
            running: while !course.running.isEmpty, let event = await group.next() {
                switch event {
                case .replied(let index, let reply, let duration):
                    course.running.remove(index)
                    if let reply = take(reply, from: index, after: duration, &course, &group, wish) {
                        return .reply(reply)
                    }
                    start(&course, &group, wish, deadline)
                case .late(let index):
                    guard course.running.contains(index), course.hasMore else { continue }
                    course.hedges.insert(course.asked)
                    metrics.hedges.increment()
                    start(&course, &group, wish, deadline)
                case .doubtIsOver:
                    break running
                }
            }
            return course.page.map { .reply(.content($0)) } ?? .nothing(course.attempts)
        }
    }

    /// Asks the next gateway, if there is one and there is time.
    private func start(
        _ course: inout Course, _ group: inout TaskGroup<Event>, _ wish: ContentWish, _ deadline: MonotonicTime
    ) {
        let now = loop.now
        guard course.hasMore, now < deadline else { return }
        let index = course.asked
        let gateway = course.gateways[index]
        course.asked += 1
        course.running.insert(index)
        let patience = table.patience(with: gateway, of: wish.network, hedge)
        // Where nobody else is asked meanwhile, one that hangs must leave time for the others.
        let limit = course.hasMore && patience == nil ? now + (deadline - now) / 2 : deadline
        group.addTask { [exchange, loop] in
            let reply = await exchange.ask(gateway, for: wish, by: limit)
            return .replied(index, reply, after: loop.now - now)
        }
        guard course.hasMore, let patience else { return }
        group.addTask { [loop] in
            await loop.sleep(for: patience)
            return .late(index)
        }
    }

    /// What one gateway's reply decides by itself, if anything.
    private func take(
        _ reply: GatewayReply, from index: Int, after duration: Duration, _ course: inout Course,
        _ group: inout TaskGroup<Event>, _ wish: ContentWish
    ) -> GatewayReply? {
        let gateway = course.gateways[index]
        switch reply {
        case .content, .notModified, .outOfRange:
            note(.answered(in: duration), of: gateway, wish)
            for slower in course.running where slower < index { note(.overtaken, of: course.gateways[slower], wish) }
            if course.hedges.contains(index) { metrics.hedgesWon.increment() }
            return reply
        case .doubtful(let page):
            guard course.page == nil else { return nil }
            course.page = page
            group.addTask { [loop] in
                await loop.sleep(for: Self.doubtTime)
                return .doubtIsOver
            }
        case .nothing(let absence):
            course.attempts.append(Attempt(gateway: gateway, absence: absence, duration: duration))
            switch (absence.kind, absence.fault) {
            case (.absent, _), (.withheld, _), (.directory, _), (.tooLarge, _):
                note(.answered(in: duration), of: gateway, wish)
            case (_, let fault?): note(.failed(fault), of: gateway, wish)
            case (_, nil): break
            }
        }
        return nil
    }

    private func note(_ outcome: GatewayOutcome, of gateway: Configuration.Endpoint, _ wish: ContentWish) {
        table.note(outcome, of: gateway, wish.network)
    }
}
