import HTTPServing
import Tokens

/// `/control/blocks`, `/control/events`, `/control/reorganise` and `/control/log-limits`: what happens on the chain.
extension UpstreamAnswers {
    /// False when the name is none of these.
    func changeHistory(_ name: String, _ body: [UInt8]) throws(ControlError) -> Bool {
        switch name {
        case "blocks": try mine(body)
        case "events": try emit(body)
        case "reorganise": try reorganise(body)
        case "log-limits": try limitLogs(body)
        case _: return false
        }
        return true
    }

    /// `{"count":3}`; one block without a body.
    private func mine(_ body: [UInt8]) throws(ControlError) {
        let count = body.isEmpty ? nil : try document(body)["count"]
        state.history.mine(try count?.count("count", in: 1...1_000_000) ?? 1)
    }

    /// `{"contract":"0x…","event":"MetadataUpdate","token_id":"7"}`; `BatchMetadataUpdate` with `"to"`, `URI` with
    /// `"uri"`, or `ContractURIUpdated`. In a block of its own.
    private func emit(_ body: [UInt8]) throws(ControlError) {
        let object = try document(body)
        guard let text = object["contract"]?.string, let contract = try? ContractAddress(parsing: text) else {
            throw ControlError(detail: "\"contract\" is not an address")
        }
        let event: SampleEvent
        switch object["event"]?.string {
        case "MetadataUpdate": event = .metadataUpdate(try token("token_id", in: object))
        case "BatchMetadataUpdate":
            event = .batchMetadataUpdate(try token("token_id", in: object), try token("to", in: object))
        case "URI": event = .uri(object["uri"]?.string ?? "", try token("token_id", in: object))
        case "ContractURIUpdated": event = .contractURIUpdated
        case _:
            throw ControlError(
                detail: "\"event\" is not MetadataUpdate, BatchMetadataUpdate, URI or ContractURIUpdated")
        }
        state.history.emit([event], by: contract)
    }

    /// `{"blocks":3,"keep_events":true}`.
    private func reorganise(_ body: [UInt8]) throws(ControlError) {
        let object = try document(body)
        guard let blocks = object["blocks"] else { throw ControlError(detail: "\"blocks\" is missing") }
        state.history.reorganise(
            try blocks.count("blocks", in: 1...1_000_000), keepingEvents: object["keep_events"]?.boolean ?? true)
    }

    /// `{"blocks":100,"results":10,"contracts":5}`; what is left out is not limited.
    private func limitLogs(_ body: [UInt8]) throws(ControlError) {
        let object = try document(body)
        func limit(_ name: String) throws(ControlError) -> Int? {
            try object[name].map { value throws(ControlError) in try value.count(name, in: 0...1_000_000) }
        }
        state.history.limit(
            ChainHistory.Limits(
                blocks: try limit("blocks"), results: try limit("results"), contracts: try limit("contracts")))
    }

    private func token(_ name: String, in object: JSONValue) throws(ControlError) -> TokenIdentifier {
        guard let text = object[name]?.string, let token = try? TokenIdentifier(parsing: text) else {
            throw ControlError(detail: "\"\(name)\" is not a token id in a string")
        }
        return token
    }
}
