import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// Asks one gateway for content, and makes sure of it as far as that is possible before anybody gets it.
struct GatewayExchange: Sendable {
    struct Limits: Sendable {
        /// The largest content that is served, in bytes.
        var body: Int
        /// The largest that is held back until it is known to be right, in bytes.
        var held: Int
        /// For how long.
        var patience = Duration.seconds(2)
        /// How long a gateway may pause in a body.
        var pause = Duration.seconds(30)
        var redirects = 5
    }

    let client: UpstreamClient
    let loop: EventLoop
    let limits: Limits
    /// Takes note of a gateway that turned out, after all, to send something else.
    let onMismatch: @Sendable (Configuration.Endpoint) -> Void

    func ask(_ gateway: Configuration.Endpoint, for wish: ContentWish, by deadline: MonotonicTime) async -> GatewayReply
    {
        guard let request = request(gateway, wish, by: deadline) else {
            return .nothing(Absence(.failed(nil), "refused-url"))
        }
        do throws(FetchFailure) {
            let exchange = try await client.open(request, following: limits.redirects)
            return await judge(exchange, from: gateway, wish)
        } catch {
            return .nothing(Absence(error))
        }
    }

    private func request(
        _ gateway: Configuration.Endpoint, _ wish: ContentWish, by deadline: MonotonicTime
    ) -> ExchangeRequest? {
        guard let url = wish.url(at: gateway), let location = RouteUpstream(url) else { return nil }
        var fields = HeaderFields([
            FieldLine("Accept", "*/*"), FieldLine("Accept-Encoding", "identity"),
            FieldLine("User-Agent", "mintcache/\(Version.number)"), FieldLine("Via", "1.1 mintcache"),
        ])
        if let range = wish.range { fields.lines.append(FieldLine("Range", range)) }
        if let stored = wish.stored { fields.lines += Validation.conditionalFields(for: stored) }
        for header in gateway.headers { fields.set(header.name, Array(header.value.utf8)) }
        return ExchangeRequest(
            origin: location.origin, target: location.path, fields: fields, trust: .configured,
            timeout: max(.zero, deadline - loop.now), idleTimeout: limits.pause, isRepeatable: true)
    }

    // MARK: The head

    private func judge(
        _ exchange: UpstreamExchange, from gateway: Configuration.Endpoint, _ wish: ContentWish
    ) async -> GatewayReply {
        let head = exchange.head
        switch head.status {
        case 200: break
        case 206 where wish.range != nil && head.fields.contains("content-range"): break
        case 304 where wish.stored != nil: return .notModified(head.fields)
        case 416 where wish.range != nil: return .outOfRange(head.fields)
        case 404, 410: return .nothing(Absence(.absent, status: head.status))
        case 451: return .nothing(Absence(.withheld, status: head.status))
        case 401, 402, 403, 407: return .nothing(Absence(.failed(.forbidden), status: head.status))
        case 429: return .nothing(Absence(.failed(.throttled), status: head.status))
        case 504: return .nothing(Absence(.late, status: head.status))
        case 500...: return .nothing(Absence(.failed(.serverError), status: head.status))
        // 202 of an Arweave gateway: the transaction waits to be confirmed.
        case _: return .nothing(Absence(.failed(.status), status: head.status))
        }
        if let refusal = refusal(of: head, wish) {
            exchange.cancel()
            return .nothing(refusal)
        }
        return await receive(exchange, from: gateway, wish)
    }

    private func refusal(of head: ExchangeHead, _ wish: ContentWish) -> Absence? {
        if DirectoryPage.isNamed(by: head.fields) { return Absence(.directory, "directory") }
        if let length = head.contentLength, length > limits.body { return Absence(.tooLarge, "too-large") }
        guard let coding = head.fields.combined("content-encoding") else { return nil }
        // Transactions may say that their bytes are compressed. Content on IPFS has nothing of the kind, so the gateway
        // did it, and nobody asked for it.
        let text = String(decoding: coding, as: UTF8.self).lowercased()
        let isOwn = wish.network == .arweave && ["gzip", "br", "zstd", "deflate"].contains(text)
        return text == "identity" || isOwn ? nil : Absence(.failed(.unusable), "content-coding")
    }

    // MARK: The body

    /// Holds the body back until it is there, there is enough of it, or the time is up.
    private func receive(
        _ exchange: UpstreamExchange, from gateway: Configuration.Endpoint, _ wish: ContentWish
    ) async -> GatewayReply {
        let length = exchange.head.contentLength
        let isHeld = wish.identifier != nil && (length ?? 0) <= limits.held
        let relay = BodyRelay(
            loop: loop,
            limits: .init(
                retained: isHeld ? limits.held : 0, hold: isHeld ? limits.held + 1 : MediaType.lookLength, orphan: .zero
            ))
        Task(executorPreference: loop) { await Self.pump(exchange, into: relay) }
        let progress = await withTaskCancellationHandler {
            await relay.progress(within: limits.patience)
        } onCancel: {
            exchange.cancel()
        }
        let held = await relay.held
        guard let reader = await relay.reader() else {
            exchange.cancel()
            return .nothing(Absence(.failed(nil), "cancelled"))
        }
        await relay.release()
        switch progress {
        case .failed(let failure):
            return .nothing(Absence(failure))
        case .whole:
            return await judge(held, reader, exchange.head, from: gateway, wish)
        case .flowing:
            let expectation = wish.identifier?.contentDigest.map { digest in
                CheckedBody.Expectation(digest: digest) { onMismatch(gateway) }
            }
            let arrival = arrival(held, reader, exchange.head, wish, expectation == nil ? .no : .streaming, expectation)
            return reply(arrival, held)
        }
    }

    private static func pump(_ exchange: UpstreamExchange, into relay: BodyRelay) async {
        do throws(FetchFailure) {
            while let piece = try await exchange.nextPiece() {
                guard await relay.append(piece) else { return exchange.cancel() }
            }
            await relay.finish()
        } catch {
            await relay.fail(error)
        }
    }

    /// A body that is there, whole.
    private func judge(
        _ bytes: [UInt8], _ reader: BodyReader, _ head: ExchangeHead, from gateway: Configuration.Endpoint,
        _ wish: ContentWish
    ) async -> GatewayReply {
        let verdict = await Self.verdict(on: bytes, wish)
        if verdict == .mismatch { return .nothing(Absence(.failed(.mismatch), "mismatch")) }
        let arrival = arrival(bytes, reader, head, wish, verdict == .verified ? .yes : .no, nil, length: bytes.count)
        return reply(arrival, bytes)
    }

    private static func verdict(on bytes: [UInt8], _ wish: ContentWish) async -> ContentVerification {
        guard let identifier = wish.identifier else { return .undecided }
        let verify = { @Sendable in ContentVerification(of: bytes, against: identifier) { SHA256.hash($0) } }
        return LargeDocument.isLarge(bytes) ? await Task.detached(operation: verify).value : verify()
    }

    private func arrival(
        _ start: [UInt8], _ reader: BodyReader, _ head: ExchangeHead, _ wish: ContentWish,
        _ verification: ContentHead.Verification, _ expectation: CheckedBody.Expectation?, length: Int? = nil
    ) -> ContentArrival {
        let declared = head.fields["content-type"].map { String(decoding: $0, as: UTF8.self) }
        // Compressed bytes do not show what they are, nor does a part that is not the beginning.
        let isShown = head.status == 200 && !head.fields.contains("content-encoding")
        let content = SafeContent(isShown ? start : [], declared: declared)
        return ContentArrival(
            status: head.status,
            head: ContentHead(wish: wish, received: head.fields, content: content, verification: verification),
            length: length ?? head.contentLength,
            body: CheckedBody(reader, on: loop, limit: limits.body, expecting: expectation))
    }

    /// Whether a page is the content or the gateway's own is not to be seen, unless it is proven.
    private func reply(_ arrival: ContentArrival, _ start: [UInt8]) -> GatewayReply {
        guard arrival.head.verification != .yes, arrival.status == 200, MediaType.sniffed(start) == "text/html" else {
            return .content(arrival)
        }
        if DirectoryPage.isListing(start) { return .nothing(Absence(.directory, "directory")) }
        return .doubtful(arrival)
    }
}
