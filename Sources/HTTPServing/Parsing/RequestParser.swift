import EventLoops

/// How far a head was parsed that is not complete yet: what the connection remembers between two reads.
struct ParseProgress: Equatable {
    /// Where the header section starts; 0 while the request line is incomplete.
    var sectionStart: UInt32 = 0
    /// Where the first line starts that was not complete.
    var lineStart: UInt32 = 0
    /// Field lines before it.
    var fieldCount: UInt8 = 0
}

enum ParseOutcome: Equatable {
    /// All is well as far as it goes.
    case incomplete
    /// The head has this many octets; `RequestParser.withHead` shows it.
    case complete(Int)
    case failed(ParseFailure)
}

/// Parses request heads in place, as strictly as RFC 9112 allows, into a table of ranges. No allocation.
///
/// A pass reads strictly left to right and stops at the first fault, so that the outcome does not depend on how the
/// octets were cut into reads: every prefix of a head yields `incomplete` or the outcome of the whole. What a head means
/// (host, framing, persistence) is judged when its last line is in.
///
/// One parser serves all connections of a loop. A head that comes in pieces goes on at its first incomplete line; the
/// table, which another connection may have used meanwhile, is filled again once the head is complete, so no octet is
/// looked at more than twice, and those of one line once per read.
struct RequestParser: ~Copyable {
    let limits: MessageLimits
    var index = HeadIndex()
    // Safe: allocated and freed with the parser, indexed below limits.headerCount, which is at most its capacity. An
    // InlineArray would do, but reading one element of it copies all (measured: 60 ns of 370 per head).
    let fields: UnsafeMutablePointer<FieldRange>

    init(limits: MessageLimits) {
        self.limits = limits
        fields = .allocate(capacity: MessageLimits.maximumHeaderCount)
    }

    deinit {
        fields.deallocate()
    }

    /// Parses the head that starts at the first octet. `progress` belongs to these octets: fresh for a new head, and
    /// passed again, with more octets, after `incomplete`.
    mutating func parse(_ bytes: UnsafeRawBufferPointer, resuming progress: inout ParseProgress) -> ParseOutcome {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return .incomplete }
        let resumes = progress.sectionStart != 0
        var input = HeadInput(base: base, count: bytes.count)
        do throws(ParseStop) {
            if !resumes {
                try parseRequestLine(&input)
                progress.sectionStart = UInt32(truncatingIfNeeded: input.position)
                progress.lineStart = progress.sectionStart
            }
            try parseFields(&input, &progress)
            if resumes {
                var fromStart = ParseProgress()
                return parse(UnsafeRawBufferPointer(rebasing: bytes[..<input.position]), resuming: &fromStart)
            }
            index.fieldCount = progress.fieldCount
            try judge(base)
            return .complete(input.position)
        } catch {
            switch error {
            case .incomplete: return .incomplete
            case .failed(let failure): return .failed(failure)
            }
        }
    }

    /// Lends the head that `parse` has just completed. `bytes` are the head's octets, where they were parsed.
    @inline(__always)
    mutating func withHead<Result>(
        _ bytes: UnsafeRawBufferPointer, from peer: Unmanaged<Peer>, _ body: (borrowing RequestHead) -> Result
    ) -> Result {
        let fields = UnsafeRawPointer(fields)
        return withUnsafePointer(to: &index) { index in
            body(RequestHead(bytes: bytes, index: index, fields: fields, peerReference: peer))
        }
    }
}

/// Why a pass over a head ends early.
enum ParseStop: Error {
    case incomplete
    case failed(ParseFailure)
}

/// The octets of a head and the position of a pass in them.
struct HeadInput {
    // Safe: lent by the connection for the duration of one call of the parser.
    let base: UnsafeRawPointer
    let count: Int
    var position = 0

    @inline(__always)
    subscript(position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

    /// Takes CR LF where it must stand. `end` is where the pass must stop, for want of octets or for a limit.
    @inline(__always)
    mutating func takeLineEnd(before end: Int, at limit: ParseStop, else failure: ParseFailure) throws(ParseStop) {
        if position >= end { throw limit }
        if self[position] != ASCII.cr { throw .failed(failure) }
        if position + 1 >= end { throw limit }
        if self[position + 1] != ASCII.lf { throw .failed(failure) }
        position += 2
    }
}
