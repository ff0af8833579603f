import EventLoops
import HTTPServing
import Synchronization
import Tokens

/// What requests change and tests look at: the counters, the faults and the lanterns.
final class UpstreamState: Sendable {
    /// More different connections than this are not told apart any more.
    private static let peerLimit = 200_000

    private struct Contents {
        var counters = UpstreamCounters()
        var faults = FaultBoard()
        var peers: Set<SocketAddress> = []
    }

    private let contents = Mutex(Contents())
    let revisions = LanternRevisions()
    let history = ChainHistory()

    var counters: UpstreamCounters { contents.withLock { $0.counters } }

    func resetCounters() {
        contents.withLock { contents in
            contents.counters = UpstreamCounters()
            contents.peers = []
        }
    }

    func addFault(_ fault: Fault) -> Int? {
        contents.withLock { $0.faults.add(fault) }
    }

    func clearFaults() {
        contents.withLock { $0.faults.removeAll() }
    }

    var remainingFaults: [(number: Int, times: Int?)] { contents.withLock { $0.faults.remaining } }

    // MARK: Requests

    func count(peer: SocketAddress) {
        contents.withLock { contents in
            contents.counters.requests += 1
            guard contents.peers.count < Self.peerLimit, contents.peers.insert(peer).inserted else { return }
            contents.counters.connections += 1
        }
    }

    func count(path: String) {
        contents.withLock { $0.counters.count(path: path) }
    }

    func count(_ body: RPCBody) {
        contents.withLock { $0.counters.count(body) }
    }

    func countNotModified() {
        contents.withLock { $0.counters.notModified += 1 }
    }

    /// - Parameter batch: the calls in a batch.
    func fault(path: String, calls: [ReceivedCall], batch: Int = 0) -> Fault? {
        contents.withLock { contents in
            let fault = contents.faults.meet(path: path, calls: calls, batch: batch)
            if fault != nil { contents.counters.faults += 1 }
            return fault
        }
    }

    func fault(of call: ReceivedCall, path: String) -> SampleChain.CallFault? {
        contents.withLock { contents in
            let fault = contents.faults.meet(call, path: path)
            if fault != nil { contents.counters.faults += 1 }
            return fault
        }
    }
}
