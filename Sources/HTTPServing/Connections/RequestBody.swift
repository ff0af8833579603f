/// The body of a request that was taken away, on its way from the connection to whoever asks for it. Confined to the
/// loop.
///
/// It is read whole, or piece by piece. Between two pieces nothing is read: what the client sends meanwhile stays with
/// the kernel, whose full buffers make the client wait.
final class RequestBody {
    typealias WholeCompletion = (Result<[UInt8], BodyFailure>) -> Void
    typealias PieceCompletion = (Result<[UInt8]?, BodyFailure>) -> Void

    private enum State {
        case unread
        case collecting(BodyDecoder, [UInt8], WholeCompletion)
        /// With whoever waits for the next piece, if anybody does.
        case streaming(BodyDecoder, PieceCompletion?)
        case complete
        /// What is left of it cannot be told from the next request.
        case failed
    }

    /// Octets of one piece at most.
    static let largestPiece = 64 << 10

    private let framing: BodyFraming
    private let timeout: UInt64
    private var state: State
    private var isStreamed = false
    /// Octets that may come when the body is read in pieces.
    var pieceLimit: Int?
    /// When more of what somebody waits for must have come; `.max` when nobody waits.
    private(set) var deadline = UInt64.max

    /// `timeout` in nanoseconds: for a body that is read whole, else for each read that a piece takes.
    init(_ framing: BodyFraming, timeout: UInt64) {
        self.framing = framing
        self.timeout = timeout
        state = framing == .none ? .complete : .unread
    }

    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Whether somebody waits for octets.
    var isAwaited: Bool {
        switch state {
        case .collecting, .streaming(_, .some): true
        case .unread, .streaming(_, nil), .complete, .failed: false
        }
    }

    /// Whether the socket must be left alone: somebody takes the body in pieces and is busy with one.
    var isHeldBack: Bool {
        if case .streaming(_, nil) = state { true } else { false }
    }

    // MARK: Asking

    /// Begins to read it whole; true when octets are needed for that.
    func collect(limit: Int, at now: UInt64, _ completion: @escaping WholeCompletion) -> Bool {
        precondition(!isStreamed, "The body is being taken in pieces.")
        switch state {
        case .complete: completion(.success([]))
        case .failed: completion(.failure(.disconnected))
        case .collecting, .streaming: preconditionFailure("The body is being read already.")
        case .unread:
            do throws(BodyFailure) {
                state = .collecting(try BodyDecoder(framing, limit: limit), [], completion)
                deadline = now &+ timeout
                return true
            } catch {
                state = .failed
                completion(.failure(error))
            }
        }
        return false
    }

    /// Asks for the next piece; true when octets are needed for that.
    func nextPiece(at now: UInt64, _ completion: @escaping PieceCompletion) -> Bool {
        isStreamed = true
        switch state {
        case .complete: completion(.success(nil))
        case .failed: completion(.failure(.disconnected))
        case .collecting, .streaming(_, .some): preconditionFailure("The body is being read already.")
        case .streaming(let decoder, nil):
            wait(decoder, at: now, completion)
            return true
        case .unread:
            do throws(BodyFailure) {
                wait(try BodyDecoder(framing, limit: pieceLimit ?? .max), at: now, completion)
                return true
            } catch {
                state = .failed
                completion(.failure(error))
            }
        }
        return false
    }

    private func wait(_ decoder: BodyDecoder, at now: UInt64, _ completion: @escaping PieceCompletion) {
        state = .streaming(decoder, completion)
        deadline = now &+ timeout
    }

    // MARK: Octets

    /// Takes what belongs to the body and is wanted; returns how many octets that was.
    func take(_ bytes: UnsafeRawBufferPointer, at now: UInt64) -> Int {
        switch state {
        case .collecting: collect(bytes)
        case .streaming(_, .some): takePiece(bytes, at: now)
        case .unread, .streaming(_, nil), .complete, .failed: 0
        }
    }

    private func collect(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard case .collecting(var decoder, var content, let completion) = state else { return 0 }
        // Unshared while it grows.
        state = .failed
        var offset = 0
        do throws(BodyFailure) {
            if try decoder.take(bytes, from: &offset, into: &content) {
                end(.complete)
                completion(.success(content))
            } else {
                state = .collecting(decoder, content, completion)
            }
        } catch {
            end(.failed)
            completion(.failure(error))
        }
        return offset
    }

    private func takePiece(_ bytes: UnsafeRawBufferPointer, at now: UInt64) -> Int {
        guard case .streaming(var decoder, let completion?) = state else { return 0 }
        // No more content than octets, so that this bounds the piece.
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.largestPiece))
        var offset = 0
        var piece: [UInt8] = []
        do throws(BodyFailure) {
            let isOver = try decoder.take(bytes, from: &offset, into: &piece)
            if piece.isEmpty, !isOver {
                wait(decoder, at: now, completion)
            } else {
                end(isOver ? .complete : .streaming(decoder, nil))
                completion(.success(piece.isEmpty ? nil : piece))
            }
        } catch {
            end(.failed)
            completion(.failure(error))
        }
        return offset
    }

    private func end(_ state: State) {
        self.state = state
        deadline = .max
    }

    // MARK: Failing

    /// Tells whoever waits that nothing more comes.
    func fail(_ failure: BodyFailure) {
        switch state {
        case .collecting(_, _, let completion):
            end(.failed)
            completion(.failure(failure))
        case .streaming(_, let completion?):
            end(.failed)
            completion(.failure(failure))
        case .unread, .streaming(_, nil), .complete, .failed: break
        }
    }
}
