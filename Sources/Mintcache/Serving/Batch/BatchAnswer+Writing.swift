import EventLoops
import HTTPServing

extension BatchAnswer {
    func write() async throws(ClientGone) {
        let gzip = output.isCompressed ? Array("Content-Encoding: gzip\r\n".utf8) : []
        exchange.beginStreaming(StreamHead(status: 200, fields: manner.fields + gzip, content: .unknown))
        output.append { $0 += manner.format.beginning }
        switch manner.format {
        case .json: try await writeInOrder()
        case .lines: try await writeAsReady()
        }
        output.append { $0 += manner.format.end }
        try await send(flushing: false)
        try await write(output.end())
        exchange.finishStreaming()
    }

    private func writeInOrder() async throws(ClientGone) {
        for (index, item) in request.items.enumerated() {
            switch item {
            case .refused(let problem):
                append(problem, at: index)
            case .token(let slot):
                append(try await delivery(for: slot), slot, at: index)
                if request.positions[slot].last == index { slots.written(slot) }
            }
            if output.isPieceFull { try await send(flushing: false) }
        }
    }

    private func writeAsReady() async throws(ClientGone) {
        for (index, item) in request.items.enumerated() {
            if case .refused(let problem) = item { append(problem, at: index) }
        }
        var left = request.tokens.count
        while left > 0 {
            guard let (slot, delivery) = slots.takeArrival() else {
                if let slot = slots.takeGone() { askAgain(slot) }
                try await send(flushing: true)
                if !slots.hasArrivals { await news() }
                continue
            }
            for index in request.positions[slot] {
                append(delivery, slot, at: index)
                if output.isPieceFull { try await send(flushing: false) }
            }
            slots.written(slot)
            left -= 1
        }
    }

    /// The token whose turn it is, as soon as it is there.
    private func delivery(for slot: Int) async throws(ClientGone) -> BatchDelivery {
        slots.awaited = slot
        defer { slots.awaited = nil }
        while true {
            if case .letGo = slots[slot] { askAgain(slot) }
            if case .held(let delivery) = slots[slot] { return delivery }
            try await send(flushing: true)
            await news()
        }
    }

    private func append(_ problem: Problem, at index: Int) {
        output.append { manner.format.append(problem, at: index, isFirst: index == 0, to: &$0) }
    }

    private func append(_ delivery: BatchDelivery, _ slot: Int, at index: Int) {
        let (reference, now) = (request.tokens[slot], shared.time.at(loop.now))
        output.append {
            manner.format.append(delivery, of: reference, at: index, isFirst: index == 0, now: now, to: &$0)
        }
    }

    /// Sends what was gathered, no faster than the client reads.
    private func send(flushing: Bool) async throws(ClientGone) {
        if isGone { throw ClientGone() }
        while let piece = output.takePiece(flushing: flushing) {
            try await write(piece)
            // Others on this loop have their turn between two pieces.
            await Task.yield()
            if isGone { throw ClientGone() }
        }
    }

    private func write(_ piece: [UInt8]) async throws(ClientGone) {
        guard !piece.isEmpty else { return }
        sent += piece.count
        try await exchange.write(piece)
    }
}
