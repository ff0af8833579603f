import EventLoops
import Glibc

/// Sending answers.
extension ServerConnection {
    /// Sends a batch's output in one system call. What the socket does not take waits in the connection's queue.
    func transmit(_ output: inout OutputBuffer) {
        if case .closed = phase { return }
        var sent = 0
        if pending.isEmpty {
            if let run = output.singleRun {
                sent = run.isEmpty ? 0 : taken { Glibc.send($0, run.baseAddress, run.count, Int32(MSG_NOSIGNAL)) }
                if sent == run.count { return }
            } else {
                output.seal()
                var message = msghdr()
                message.msg_iov = output.segments
                message.msg_iovlen = output.segmentCount
                sent = taken { sendmsg($0, &message, Int32(MSG_NOSIGNAL)) }
            }
        }
        if sent < 0 { return disconnect() }
        output.seal()
        queue(output, skipping: sent)
    }

    /// How many octets the socket took, negative when the connection is broken.
    @inline(__always)
    private func taken(_ call: (_ descriptor: Int32) -> Int) -> Int {
        while true {
            let result = call(descriptor)
            if result >= 0 {
                server.counters.addBytesWritten(result)
                return result
            }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { return -1 }
        }
    }

    private func queue(_ output: borrowing OutputBuffer, skipping sent: Int) {
        var skip = sent
        for position in 0..<output.segmentCount {
            let segment = output.segments[position]
            if skip >= segment.iov_len {
                skip -= segment.iov_len
                continue
            }
            let whole = UnsafeRawBufferPointer(start: segment.iov_base, count: segment.iov_len)
            let rest = UnsafeRawBufferPointer(rebasing: whole[skip...])
            skip = 0
            if pending.isEmpty { writeDeadline = now &+ server.timeouts.write }
            if let owner = output.owners[position] {
                pending.append(rest, keptAliveBy: owner)
            } else {
                pending.append(copying: rest)
            }
        }
    }

    /// The socket takes octets again.
    func sendPending() {
        var sent = 0
        var failure: Int32 = 0
        var hasMore = true
        while hasMore, failure == 0 {
            hasMore = pending.withNext { runs in
                var message = msghdr()
                message.msg_iov = runs.baseAddress
                message.msg_iovlen = runs.count
                let result = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
                if result < 0 { failure = errno }
                sent += max(result, 0)
                return max(result, 0)
            }
        }
        server.counters.addBytesWritten(sent)
        guard failure == 0 || failure == EAGAIN || failure == EINTR else { return disconnect() }
        if sent > 0 { writeDeadline = pending.isEmpty ? .max : now &+ server.timeouts.write }
        if case .exchanging(let exchange) = phase { exchange.outputDrained(to: pending.count) }
        settle()
    }
}
