import Synchronization

/// Lets what a task fetches wait for what others fetch, until it is raised.
///
/// Work that nobody waits for has one: it leaves a part of each host's places free, and stands behind all others in the
/// lines for them. When somebody comes to wait for it, it is raised, and goes on as if it had never had one.
public final class UpstreamPriority: Sendable {
    private struct State {
        var isRaised = false
        var actions: [@Sendable () -> Void] = []
    }

    /// Of the work that the present task does; nil for what somebody waits for.
    @TaskLocal public static var current: UpstreamPriority?

    private let state = Mutex(State())

    public init() {}

    /// Whether what the present task fetches may wait for what others fetch.
    public static var isBackground: Bool { current.map { !$0.isRaised } ?? false }

    public var isRaised: Bool { state.withLock { $0.isRaised } }

    /// For good.
    public func raise() {
        let actions = state.withLock { state in
            defer { state = State(isRaised: true) }
            return state.actions
        }
        for action in actions { action() }
    }

    /// Raises it together with that of the present task, which has come to wait for this work; at once when the task has
    /// none.
    public func raiseWithCurrent() {
        guard let current = Self.current else { return raise() }
        current.whenRaised { self.raise() }
    }

    /// One for a part of what the present task does, which is raised together with it, or alone when others come to wait
    /// for the part; nil when the task may not wait for others.
    public static func forPart() -> UpstreamPriority? {
        guard isBackground else { return nil }
        let priority = UpstreamPriority()
        priority.raiseWithCurrent()
        return priority
    }

    /// Calls back as soon as it is raised, wherever that happens; at once when it has been.
    public func whenRaised(_ action: @escaping @Sendable () -> Void) {
        let isRaised = state.withLock { state in
            if !state.isRaised { state.actions.append(action) }
            return state.isRaised
        }
        if isRaised { action() }
    }
}
