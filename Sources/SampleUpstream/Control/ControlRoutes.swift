import HTTPServing
import Tokens

/// `/control/…`: what tests in another process use in place of the Swift API. Never counted, never faulty.
extension UpstreamAnswers {
    func control(_ request: UpstreamRequest) -> Response {
        do throws(ControlError) {
            switch (request.method, request.path.dropFirst(UpstreamPath.control.count)) {
            case ("GET", "collections"): return json(ControlListings.collections(internet.listings))
            case ("GET", "corpus"): return json(ControlListings.corpus(corpus?.entries ?? []))
            case ("GET", "counters"): return json(state.counters.json)
            case ("GET", "faults"): return json(ControlListings.faults(state.remainingFaults))
            case ("POST", "faults"): return json(try addFaults(request.body))
            case ("DELETE", "faults"):
                state.clearFaults()
                return Response(status: 204)
            case ("POST", "reset"):
                state.resetCounters()
                state.clearFaults()
                state.revisions.reset()
                state.history.reset()
                return Response(status: 204)
            case ("POST", "lantern"):
                state.revisions.advance(try lantern(request.body))
                return Response(status: 204)
            case ("POST", let name) where try changeHistory(String(name), request.body): return Response(status: 204)
            case _: return text(404, "no such control: \(request.method) \(request.path)")
            }
        } catch {
            return text(400, error.detail)
        }
    }

    /// Sets one fault, or each of an array; all of them are read before the first is set.
    private func addFaults(_ body: [UInt8]) throws(ControlError) -> [UInt8] {
        let root = try document(body)
        var faults: [Fault] = []
        if root.kind == .array {
            for element in root.elements { faults.append(try Fault(element)) }
        } else {
            faults = [try Fault(root)]
        }
        for fault in faults where state.addFault(fault) == nil {
            throw ControlError(detail: "there are \(FaultBoard.limit) faults already")
        }
        return ControlListings.faults(state.remainingFaults)
    }

    /// The number of the token whose document shall change; `nil` for all.
    private func lantern(_ body: [UInt8]) throws(ControlError) -> UInt64? {
        guard !body.isEmpty, let id = try document(body)["token_id"] else { return nil }
        guard let text = id.string, let number = UInt64(text) else {
            throw ControlError(detail: "\"token_id\" is not a decimal number in a string")
        }
        return number
    }

    func document(_ body: [UInt8]) throws(ControlError) -> JSONValue {
        do {
            return try JSONDocument(validating: body).root
        } catch {
            throw ControlError(detail: "the body is not JSON: \(error)")
        }
    }

    private func json(_ body: [UInt8]) -> Response {
        Response(status: 200, fields: [("Content-Type", "application/json")], body: body)
    }

    private func text(_ status: Int, _ detail: String) -> Response {
        Response(status: status, contentType: "text/plain; charset=utf-8", body: detail + "\n")
    }
}
