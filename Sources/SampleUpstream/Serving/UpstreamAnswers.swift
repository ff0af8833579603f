import EventLoops
import HTTPServing
import Tokens

/// Answers requests: counts them, looks what is behind them, and lets them meet their faults. Knows no sockets.
struct UpstreamAnswers: Sendable {
    let internet: SampleInternet
    let state: UpstreamState
    let corpus: Corpus?
    let usesArweaveSandbox: Bool

    func answer(_ request: UpstreamRequest, from peer: SocketAddress) -> Delivery {
        if request.path.hasPrefix(UpstreamPath.control) { return Delivery(control(request)) }
        state.count(peer: peer)
        if UpstreamPath.isRPC(request.path) { return rpc(request) }
        return content(request)
    }

    // MARK: JSON-RPC

    private func rpc(_ request: UpstreamRequest) -> Delivery {
        guard request.method == "POST" else { return refused(request, allow: "POST") }
        let body = RPCBody(parsing: request.body)
        state.count(body)
        let fault = state.fault(path: request.path, calls: body.calls, batch: body.batchSize)
        let answer = internet.chain.answer(body, isReversed: fault?.reversesBatch ?? false) { call in
            state.fault(of: call, path: request.path)
        }
        var response = Response(status: 200, fields: [("Content-Type", "application/json")], body: answer)
        if case .refused(.unparsable) = body { response.status = 400 }
        return fault.map { Delivery(response, with: $0) } ?? Delivery(response)
    }

    // MARK: Gateways, the web host and providers

    private func content(_ request: UpstreamRequest) -> Delivery {
        guard request.method == "GET" || request.method == "HEAD" else { return refused(request, allow: "GET, HEAD") }
        state.count(path: request.path)
        let fault = state.fault(path: request.path, calls: [])
        let response = response(to: request, with: resource(for: request))
        return fault.map { Delivery(response, with: $0) } ?? Delivery(response)
    }

    private func resource(for request: UpstreamRequest) -> Resource {
        let path = request.path
        if let api = ProviderAPI(path: path) { return api.resource(for: request, in: internet) }
        if let (temper, path) = GatewayTemper.parse(path) {
            return temper.resource(at: path, internet.resource(at: path))
        }
        if UpstreamPath.isTransaction(path) {
            return usesArweaveSandbox ? .redirect(to: sandbox(path)) : internet.resource(at: "/ar\(path)")
        }
        guard path.hasPrefix(UpstreamPath.sandbox) else { return internet.resource(at: path) }
        let target = path.dropFirst(UpstreamPath.sandbox.count).drop { $0 != "/" }
        return internet.resource(at: "/ar\(target)")
    }

    /// Where Arweave's gateways send a browser: to a host named after the transaction, here a path.
    private func sandbox(_ path: String) -> String {
        let transaction = String(path.dropFirst().prefix(43))
        return UpstreamPath.sandbox + "\(Base32.encode(Array(transaction.utf8)))\(path)"
    }

    private func response(to request: UpstreamRequest, with resource: Resource) -> Response {
        var fields = resource.fields
        if let cacheControl = resource.cacheControl { fields.append(("Cache-Control", cacheControl)) }
        if let entityTag = resource.entityTag { fields.append(("ETag", entityTag)) }
        if let lastModified = resource.lastModified { fields.append(("Last-Modified", lastModified)) }
        if request.hasCopy(of: resource) {
            state.countNotModified()
            return Response(status: 304, fields: fields)
        }
        if let contentType = resource.contentType { fields.append(("Content-Type", contentType)) }
        return Response(status: resource.status, fields: fields, body: resource.body)
    }

    private func refused(_ request: UpstreamRequest, allow: String) -> Delivery {
        let text = "\(request.method) is not allowed here\n"
        var response = Response(status: 405, contentType: "text/plain; charset=utf-8", body: text)
        response.fields.append(("Allow", allow))
        return Delivery(response)
    }
}
