import Caching
import HTTPCaching
import HTTPServing
import Tokens

/// Calls of Alchemy's that are about more than one token, or none.
extension DropInTokens {
    /// Bytes of a batch's answer. Tokens beyond them are told to be asked for alone.
    private static let maximumBatchBytes = 32 * 1024 * 1024

    /// The tokens in their order, each with an error of its own; one named twice is found once.
    func batch(_ references: [TokenReference], _ wish: TokenWish, _ held: Held) async -> DropInAnswer {
        let values = await values(of: Set(references), wish, held)
        var body = Array("{\"nfts\":[".utf8)
        for (index, reference) in references.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            let value = values[reference] ?? []
            let fits = !value.isEmpty && body.count + value.count <= Self.maximumBatchBytes
            body += fits ? value : tooLarge(reference)
        }
        body += "]}".utf8
        return .response(.json(200, body))
    }

    /// The tokens as values; those that would be too much are left out.
    private func values(
        of references: Set<TokenReference>, _ wish: TokenWish, _ held: Held
    ) async -> [TokenReference: [UInt8]] {
        await withTaskGroup(of: (TokenReference, [UInt8]).self) { group in
            for reference in references {
                group.addTask { (reference, body(of: await answer(reference, wish, held))) }
            }
            var values: [TokenReference: [UInt8]] = [:]
            var count = 0
            for await (reference, value) in group where count + value.count <= Self.maximumBatchBytes {
                values[reference] = value
                count += value.count
            }
            return values
        }
    }

    private func tooLarge(_ reference: TokenReference) -> [UInt8] {
        let failure = TokenFailure.withheld(reason: "The answer would be too large: ask for this token alone")
        return body(of: self.failure(DropInToken(reference, failure, at: shared.time.now)))
    }

    private func body(of answer: DropInAnswer) -> [UInt8] {
        switch answer {
        case .entry(let entry, _): entry.answer.identity.body.array
        case .response(let response): response.body
        }
    }

    /// `refreshNftMetadata`: the fetch goes on behind.
    func alchemyRefresh(_ reference: TokenReference) async -> DropInAnswer {
        guard !isDisabled(reference) else { return .response(shape.response(DropInRefusal(404, Self.switchedOff))) }
        return switch await shared.refreshDesk.request(reference) {
        case .underWay, .queued: status("Queued", milliseconds: Int(rules.requestTimeout.wholeMilliseconds))
        case .coolingDown(let seconds): status("Throttled", milliseconds: seconds * 1000)
        case .overloaded: .response(shape.response(DropInRefusal(.overloaded(.fetches))))
        }
    }

    private func status(_ status: String, milliseconds: Int) -> DropInAnswer {
        let document = JSONNode.object([("status", .string(status)), ("estimatedMsToRefresh", .integer(milliseconds))])
        return .response(.json(200, document.bytes))
    }
}
