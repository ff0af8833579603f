import EventLoops
import Tokens

/// Finds out for an operator how a token comes to be as it is: asks the sources now, past every cache, and takes down
/// each step. Nothing of it is stored; a refresh is for that.
///
/// Pinned to the fetch loop.
actor Explainer {
    /// Explanations under way at once.
    static let maximumRunning = 4

    private let loop: EventLoop
    private let board: FlightBoard
    /// Makes a resolver by the configuration in force.
    private let resolver: @Sendable () -> TokenResolver
    private var running = 0

    init(loop: EventLoop, board: FlightBoard, resolver: @escaping @Sendable () -> TokenResolver) {
        self.loop = loop
        self.board = board
        self.resolver = resolver
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func explanation(of reference: TokenReference) async throws(Problem) -> Explanation {
        guard running < Self.maximumRunning else { throw Self.busy }
        running += 1
        defer { running -= 1 }
        let log = StepLog()
        let resolver = resolver()
        let plan = resolver.plan(reference)
        let inquiry = Inquiry(
            reference: reference, held: nil, deadline: .current + resolver.timeout, gateway: plan.gateway)
        let conclusion = await FlightLog.$current.withValue(FlightLog(steps: log)) {
            await self.conclusion(of: inquiry, plan, resolver)
        }
        return Explanation(
            reference: reference, conclusion: conclusion, steps: log.members, duration: .current - log.start)
    }

    private func conclusion(
        of inquiry: Inquiry, _ plan: TokenResolver.Plan, _ resolver: TokenResolver
    ) async -> Explanation.Conclusion {
        do throws(Problem) {
            let (answer, source) = try await resolver.verdict(on: inquiry, of: plan.order(isRenewal: true))
            return await conclusion(of: answer, from: source, for: inquiry, resolver.maker)
        } catch {
            return .failed(error)
        }
    }

    /// What would be kept. How often in a row it was said counts on from what is held.
    private func conclusion(
        of answer: SourceAnswer, from source: String, for inquiry: Inquiry, _ maker: RecordMaker
    ) async -> Explanation.Conclusion {
        if case .archived(let record) = answer.finding { return .archived(record) }
        let held = await board.holdings(of: inquiry.reference).newest
        let informed = Inquiry(
            reference: inquiry.reference, held: held, deadline: inquiry.deadline, gateway: inquiry.gateway)
        return .made(maker.make(of: informed, answer, from: source))
    }

    private static let busy = Problem.rateLimited(
        "\(maximumRunning) explanations are under way; wait for one to end.", seconds: 1)
}
