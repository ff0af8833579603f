private import CLinux
import Dispatch
import Glibc
import Synchronization

/// One thread of control for many descriptors: a serial Dispatch queue that owns an epoll set.
///
/// Everything that belongs to a loop is touched only there. The epoll set's own descriptor is watched by a single
/// `DispatchSource`; when it wakes, the loop polls its set again and again and goes back to Dispatch only when nothing
/// has come for ``linger``. One source for the whole set, created at start and cancelled at the end, is what makes
/// Dispatch fast on Linux, where each source costs a re-arm and an extra ioctl per event.
///
/// Timers share one timerfd and work from other threads arrives by one eventfd, both in the same set. The loop is a
/// `SerialExecutor`, so actors can be pinned to it, and a `TaskExecutor`, so that tasks started with it as their
/// preference resume without a thread hop.
///
/// Safe: all mutable state but `inbox` (behind its mutex) is confined to the loop's queue, checked at every entry.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// How long the loop waits in its own epoll set before it goes back to Dispatch.
    private static let lingerMilliseconds: Int32 = 5
    private static let eventCapacity = 256

    private struct Inbox {
        var work: [Work] = []
        var isSignalled = false
        /// Shut down: no more closures, but the loop still turns.
        var isClosing = false
        /// The descriptors are gone.
        var isClosed = false
    }

    private let queue: DispatchQueue
    private let poller: Int32
    private let wakeup: Int32
    private var source: (any DispatchSourceRead)?
    private let events: UnsafeMutablePointer<epoll_event>
    private let inbox = Mutex(Inbox())
    private var running: [Work] = []
    private var slots = DescriptorTable()
    private var isStopped = false
    /// The number of the thread that the loop's turn runs on; 0 between two turns.
    private let thread = Atomic<Int32>(0)
    var timers: TimerQueue

    /// When the current batch of events was fetched; read once per batch. Call on the loop.
    public private(set) var now = MonotonicTime.current

    /// Makes a loop that runs until ``shutdown()``. Throws when the process is out of descriptors.
    public init(label: String) throws(SystemCallError) {
        queue = DispatchQueue(label: label)
        poller = try systemCall("epoll_create1") { clinux_epoll_create() }
        wakeup = try systemCall("eventfd") { clinux_eventfd() }
        timers = TimerQueue(descriptor: try systemCall("timerfd_create") { clinux_timerfd() })
        events = .allocate(capacity: Self.eventCapacity)
        try add(wakeup, generation: 0, interest: .readable)
        try add(timers.descriptor, generation: 0, interest: .readable)
        let source = DispatchSource.makeReadSource(fileDescriptor: poller, queue: queue)
        source.setEventHandler { self.tick() }
        let descriptors = [poller, wakeup, timers.descriptor]
        source.setCancelHandler { for descriptor in descriptors { Glibc.close(descriptor) } }
        self.source = source
        source.resume()
    }

    deinit {
        events.deallocate()
    }

    // MARK: Where am I

    /// The loop whose turn runs on this thread, if any.
    public static var current: EventLoop? {
        guard let pointer = clinux_current() else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the caller runs on this loop.
    public var isCurrent: Bool {
        clinux_current() == Unmanaged.passUnretained(self).toOpaque()
    }

    /// The calls that the loop is in at this moment, innermost first, for whoever wants to know why it does not go on;
    /// empty between two turns. Any thread but its own; takes up to 200 ms.
    public var calls: [String] {
        let thread = thread.load(ordering: .relaxed)
        return thread == 0 ? [] : ThreadStack.calls(of: thread)
    }

    /// Traps when the caller does not run on this loop.
    public func preconditionIsCurrent() {
        precondition(isCurrent, "This object belongs to an event loop and was touched from elsewhere.")
    }

    // MARK: Work from anywhere

    /// Runs work on the loop later, in the order of the calls, never inside the call. Any thread. After
    /// ``shutdown()`` the work is dropped.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        submit(.closure(work))
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    private func submit(_ work: Work) {
        let isCurrent = isCurrent
        let mustSignal = inbox.withLock { inbox in
            // A job dropped here would leak its task for good, so jobs are still run while a loop closes.
            if inbox.isClosing, case .closure = work { return false }
            inbox.work.append(work)
            if isCurrent && !inbox.isClosed || inbox.isSignalled { return false }
            inbox.isSignalled = true
            return true
        }
        guard mustSignal else { return }
        if isClosed { return queue.async { self.runLateJobs() } }
        var one: UInt64 = 1
        _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
    }

    private var isClosed: Bool { inbox.withLock { $0.isClosed } }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    public func checkIsolated() {
        preconditionIsCurrent()
    }

    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }

    /// Stops the loop for good once the work submitted before has run. Any thread. Descriptors of others stay open:
    /// their owners close them first.
    public func shutdown() {
        execute { self.isStopped = true }
        inbox.withLock { $0.isClosing = true }
    }

    // MARK: Descriptors

    /// Watches a descriptor, level-triggered, until the registration is cancelled. Call on the loop. The loop keeps the
    /// handler alive meanwhile. Throws when the kernel refuses the descriptor.
    public func register(
        _ descriptor: Int32, for interest: IOEvents, handler: any EventHandler
    ) throws(SystemCallError) -> Registration {
        preconditionIsCurrent()
        let generation = slots.insert(handler, at: descriptor)
        do {
            try add(descriptor, generation: generation, interest: interest)
        } catch {
            slots.remove(at: descriptor, generation: generation)
            throw error
        }
        return Registration(loop: self, descriptor: descriptor, generation: generation)
    }

    func update(_ registration: Registration, to interest: IOEvents) {
        preconditionIsCurrent()
        guard slots.contains(registration.descriptor, generation: registration.generation) else { return }
        var event = Self.event(registration.descriptor, registration.generation, interest)
        _ = epoll_ctl(poller, EPOLL_CTL_MOD, registration.descriptor, &event)
    }

    func cancel(_ registration: Registration) {
        preconditionIsCurrent()
        guard slots.remove(at: registration.descriptor, generation: registration.generation) else { return }
        var event = epoll_event()
        _ = epoll_ctl(poller, EPOLL_CTL_DEL, registration.descriptor, &event)
    }

    private func add(_ descriptor: Int32, generation: UInt32, interest: IOEvents) throws(SystemCallError) {
        var event = Self.event(descriptor, generation, interest)
        _ = try systemCall("epoll_ctl") { epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) }
    }

    private static func event(_ descriptor: Int32, _ generation: UInt32, _ interest: IOEvents) -> epoll_event {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        return event
    }

    // MARK: The loop itself

    private func tick() {
        clinux_set_current(Unmanaged.passUnretained(self).toOpaque())
        thread.store(clinux_thread(), ordering: .relaxed)
        defer {
            thread.store(0, ordering: .relaxed)
            clinux_set_current(nil)
        }
        now = .current
        while !isStopped {
            let hasMore = runInbox()
            let count = epoll_wait(poller, events, Int32(Self.eventCapacity), hasMore ? 0 : Self.lingerMilliseconds)
            now = .current
            if count <= 0 {
                if hasMore || (count < 0 && errno == EINTR) { continue }
                return
            }
            for index in 0..<Int(count) { deliver(events[index]) }
        }
        finish()
    }

    @inline(__always)
    private func deliver(_ event: epoll_event) {
        let descriptor = Int32(truncatingIfNeeded: event.data.u64)
        let generation = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
        if generation == 0 { return deliverOwn(descriptor) }
        guard let handler = slots.handler(at: descriptor, generation: generation) else { return }
        handler.handle(IOEvents(rawValue: event.events))
    }

    private func deliverOwn(_ descriptor: Int32) {
        if descriptor == wakeup {
            var count: UInt64 = 0
            _ = read(wakeup, &count, MemoryLayout<UInt64>.size)
        } else {
            for timer in timers.takeDue(at: now) {
                let work = timer.work
                timer.work = nil
                work?()
            }
        }
    }

    /// Runs what is in the inbox now; what that work submits waits for the next round. Returns whether more has come.
    @discardableResult
    private func runInbox() -> Bool {
        inbox.withLock { inbox in
            swap(&running, &inbox.work)
            inbox.isSignalled = false
        }
        for work in running {
            switch work {
            case .closure(let body): body()
            case .job(let job):
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        running.removeAll(keepingCapacity: running.count <= 1024)
        return inbox.withLock { !$0.work.isEmpty }
    }

    /// Tasks that were still suspended when the loop closed run on its queue, without descriptors or timers.
    private func runLateJobs() {
        clinux_set_current(Unmanaged.passUnretained(self).toOpaque())
        defer { clinux_set_current(nil) }
        while runInbox() {}
    }

    private func finish() {
        inbox.withLock { $0.isClosed = true }
        while runInbox() {}
        slots.removeAll()
        timers.removeAll()
        source?.cancel()
        source = nil
    }
}

/// What other threads, or the loop itself, ask a loop to run.
private enum Work {
    case closure(@Sendable () -> Void)
    case job(UnownedJob)
}
