private import CLinux

/// What a descriptor is ready for, or what a handler wants to hear about: a subset of epoll's flags (epoll_ctl(2)).
public struct IOEvents: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let readable = IOEvents(rawValue: EPOLLIN.rawValue)
    public static let writable = IOEvents(rawValue: EPOLLOUT.rawValue)
    /// Both directions are closed (a reset, or a shutdown from each side). Reported whether asked for or not, and again
    /// and again until the descriptor is closed or deregistered.
    public static let hangup = IOEvents(rawValue: EPOLLHUP.rawValue)
    /// An error is pending on the descriptor (`SO_ERROR` tells which). Reported whether asked for or not.
    public static let failure = IOEvents(rawValue: EPOLLERR.rawValue)
}

/// Something that owns a descriptor watched by a loop.
public protocol EventHandler: AnyObject {
    /// Called on the loop each time the descriptor is ready (level-triggered). May register, update and cancel any
    /// registration, its own too. Must close or cancel on ``IOEvents/hangup`` and ``IOEvents/failure``.
    func handle(_ events: IOEvents)
}

/// A descriptor's place in a loop's epoll set. The descriptor's owner cancels it before closing the descriptor.
public struct Registration {
    let loop: EventLoop
    let descriptor: Int32
    let generation: UInt32

    /// Changes what the handler hears about. Call on the loop.
    public func update(_ interest: IOEvents) {
        loop.update(self, to: interest)
    }

    /// Ends the watch at once: the handler hears nothing more, not even of events already fetched from the kernel.
    /// Call on the loop. Cancelling twice does nothing.
    public func cancel() {
        loop.cancel(self)
    }
}
