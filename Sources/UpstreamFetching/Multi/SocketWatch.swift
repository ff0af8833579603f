import EventLoops

/// One of libcurl's sockets in the loop's epoll set.
final class SocketWatch: EventHandler {
    private unowned let multi: MultiHandle
    private let descriptor: Int32
    private var registration: Registration?

    init(_ descriptor: Int32, of multi: MultiHandle) {
        self.descriptor = descriptor
        self.multi = multi
    }

    /// When the kernel refuses the descriptor, the transfer's deadline ends it.
    func watch(for interest: IOEvents, on loop: EventLoop) {
        if let registration { return registration.update(interest) }
        registration = try? loop.register(descriptor, for: interest, handler: self)
    }

    func cancel() {
        registration?.cancel()
        registration = nil
    }

    func handle(_ events: IOEvents) {
        multi.act(on: descriptor, events)
    }
}
