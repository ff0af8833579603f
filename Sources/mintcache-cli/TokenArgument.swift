import ArgumentParser
import Tokens

/// One token on the command line.
struct TokenArgument: ParsableArguments {
    @Argument(help: "A token such as eip155:1/erc721:0x…/1, or its chain, contract and number.")
    var token: [String] = []

    func validate() throws {
        guard token.count == 1 || token.count == 3 else {
            throw ValidationError("Give one token such as eip155:1/erc721:0x…/1, or its chain, contract and number.")
        }
        _ = try path
    }

    /// `{chain}/{contract}/{token_id}`, as the admin API has it in paths.
    var path: String {
        get throws {
            guard token.count == 1 else {
                guard token.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isPlain) }) else {
                    throw ValidationError("Chains, contracts and numbers are letters, digits, and - _ . : alone.")
                }
                return token.joined(separator: "/")
            }
            do throws(IdentifierError) {
                let reference = try TokenReference(caip19: token[0])
                return "\(reference.chain)/\(reference.contract.lowercase)/\(reference.token.decimal)"
            } catch {
                throw ValidationError("\(token[0]) is not a token: \(error.detail)")
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case _: "-_.:".utf8.contains(byte)
        }
    }
}
