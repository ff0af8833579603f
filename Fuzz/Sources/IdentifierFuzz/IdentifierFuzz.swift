import CDriver
import Glibc

@testable import Tokens

@main
enum IdentifierFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzIdentifier($0, $1) })
    }
}

/// Starts of identifiers, so that the search begins at every depth of the grammar.
private let prefixes = [
    "", "0x", "0x06012c8cf97BEaD5deAe237070F9587f8E7A", "eip155:",
    "eip155:30/erc721:0x06012c8cf97bead5deae237070f9587f8e7a",
    "eip155:1/erc1155:0x06012c8cf97bead5deae237070f9587f8e7a266d/",
].map { Array($0.utf8) }

/// Whatever a client calls a token, it is read exactly or refused with a short reason, and reads back as it is written.
/// The first octet says what comes before.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIdentifier(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 0 else { return 0 }
    let bytes = prefixes[Int(data[0]) % prefixes.count] + UnsafeBufferPointer(start: data + 1, count: size - 1)
    checkToken(bytes)
    checkContract(bytes)
    checkAsset(bytes)
    if let key = TokenReference(canonicalKey: bytes) {
        precondition(key.canonicalKey == bytes, "A key has one form.")
    }
    return 0
}

private func checkToken(_ bytes: [UInt8]) {
    do throws(IdentifierError) {
        let token = try TokenIdentifier(ascii: bytes.span)
        let isHexadecimal = bytes.starts(with: "0x".utf8)
        precondition(isHexadecimal || token.decimal.utf8.elementsEqual(bytes), "Decimal is canonical.")
        for text in [token.decimal, "0x" + token.paddedHex] {
            let again = try TokenIdentifier(parsing: text)
            precondition(again == token, "\(text) is another token.")
        }
    } catch {
        checkReason(error)
    }
}

private func checkContract(_ bytes: [UInt8]) {
    for chain in [nil, ChainIdentifier(eip155: 1), ChainIdentifier(eip155: 30), ChainIdentifier(eip155: 31)] {
        do throws(IdentifierError) {
            let contract = try ContractAddress(ascii: bytes.span, on: chain)
            precondition(bytes.count == ContractAddress.textLength, "An address has one length.")
            for text in [contract.lowercase, contract.checksummed(on: chain)] {
                let again = try ContractAddress(parsing: text, on: chain)
                precondition(again == contract, "\(text) is another contract.")
            }
        } catch {
            checkReason(error)
        }
    }
}

private func checkAsset(_ bytes: [UInt8]) {
    do throws(IdentifierError) {
        let asset = try AssetIdentifier(caip19: bytes.span)
        let again = try AssetIdentifier(caip19: asset.description)
        precondition(again == asset, "\(asset) is another asset.")
        let chain = try ChainIdentifier(caip2: asset.reference.chain.description)
        precondition(chain == asset.reference.chain, "\(chain) is another chain.")
    } catch {
        checkReason(error)
    }
}

private func checkReason(_ error: IdentifierError) {
    precondition(!error.detail.isEmpty && error.detail.utf8.count < 300, "A reason is short: \(error.detail)")
}
