import EventLoops
import Tokens
import UpstreamFetching

/// Asks a contract which tokens it has.
struct SupplyReader: Sendable {
    /// What is known of a supply.
    enum Finding: Sendable, Hashable {
        /// Numbers that follow one another, as far as can be told.
        case numbered(TokenRange, note: String)
        /// The contract tells each number.
        case enumerated(count: UInt64)
        case empty
        /// Why it cannot be known.
        case unknown(String)
    }

    let chain: @Sendable (ChainIdentifier) -> Configuration.Chain?
    let caller: ContractCaller
    /// For everything that one question needs.
    let timeout: Duration

    /// Thrown is what may work later.
    func finding(of collection: CollectionKey) async throws(Problem) -> Finding {
        let contract = collection.contract
        let answers = try await outcomes(
            of: [
                ContractCall(.totalSupply, of: contract), .supports(.enumerable, in: contract),
                .supports(.never, in: contract), .supports(.erc1155, in: contract),
                ContractCall(.tokenByIndex, of: contract, argument: .zero), .owner(of: .zero, in: contract),
                .owner(of: UInt256(1), in: contract),
            ], on: collection)
        func claims(_ index: Int) -> Bool { answers[index].flatMap { ABI.decodeBoolean($0) } ?? false }
        guard let supply = answers[0].flatMap({ ABI.decodeInteger($0) }), !claims(2) else {
            let reason =
                claims(3)
                ? "An ERC-1155 contract does not tell which tokens it has"
                : "The contract does not tell how many tokens it has (totalSupply)"
            return .unknown("\(reason): give from and to, or token_ids.")
        }
        guard supply != .zero else { return .empty }
        if claims(1), answers[4] != nil, let count = supply.exactly64 { return .enumerated(count: count) }
        let first: UInt64
        switch (Self.hasOwner(answers[5]), Self.hasOwner(answers[6])) {
        case (true, _): first = 0
        case (false, true): first = 1
        case (false, false):
            return .unknown(
                "The contract has \(supply.decimal) tokens and does not list them, and neither 0 nor 1 is one: give from "
                    + "and to, or token_ids.")
        }
        let last = first == 1 ? supply : supply.subtractingOne
        return .numbered(
            TokenRange(TokenIdentifier(UInt256(first)), TokenIdentifier(last)),
            note:
                "The contract tells how many tokens it has, not which: they are taken to be numbered from \(first) to "
                + "\(last.decimal).")
    }

    /// The numbers of the tokens in these places; nil where there is none any more. Thrown is what may work later.
    func numbers(at indices: Range<UInt64>, of collection: CollectionKey) async throws(Problem) -> [UInt256?] {
        let calls = indices.map { ContractCall(.tokenByIndex, of: collection.contract, argument: UInt256($0)) }
        return try await outcomes(of: calls, on: collection).map { $0.flatMap { ABI.decodeInteger($0) } }
    }

    /// What a contract returned; nil where it reverted.
    private func outcomes(
        of calls: [ContractCall], on collection: CollectionKey
    ) async throws(Problem) -> [[UInt8]?] {
        guard let chain = chain(collection.chain) else {
            throw .unknownChain(collection.chain.description, known: [])
        }
        let deadline = MonotonicTime.current + timeout
        var returned: [[UInt8]?] = []
        let settlements = await UpstreamPriority.$current.withValue(UpstreamPriority()) {
            await caller.settlements(of: calls, on: chain, by: deadline)
        }
        for settlement in settlements {
            var trace = ResolutionTrace()
            let outcome = try settlement.outcome(on: chain, &trace)
            switch outcome {
            case .returned(let data): returned.append(data)
            case .reverted, .unsupported: returned.append(nil)
            case _: throw trace.problem("No JSON-RPC endpoint of \(chain.name) answered.")
            }
        }
        return returned
    }

    private static func hasOwner(_ data: [UInt8]?) -> Bool {
        data.flatMap { ABI.decodeInteger($0) }.map { $0 != .zero } ?? false
    }
}

extension InterfaceIdentifier {
    /// ERC-721 Enumerable.
    fileprivate static let enumerable = InterfaceIdentifier(0x780E_9D63)
}

extension FunctionSelector {
    /// `tokenByIndex(uint256)` of ERC-721 Enumerable.
    fileprivate static let tokenByIndex = FunctionSelector(0x4F6C_CCE7)
    /// `ownerOf(uint256)` of ERC-721.
    fileprivate static let ownerOf = FunctionSelector(0x6352_211E)
}

extension ContractCall {
    fileprivate static func owner(of token: UInt256, in contract: ContractAddress) -> ContractCall {
        ContractCall(.ownerOf, of: contract, argument: token)
    }
}

extension UInt256 {
    /// Of a value other than zero.
    fileprivate var subtractingOne: UInt256 {
        var words = [word0, word1, word2, word3]
        for index in words.indices.reversed() {
            let (value, borrow) = words[index].subtractingReportingOverflow(1)
            words[index] = value
            if !borrow { break }
        }
        return UInt256(words[0], words[1], words[2], words[3])
    }
}
