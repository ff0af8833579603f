import CDriver
import Glibc

@testable import Tokens

@main
enum ABIDecoderFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzABIDecoder($0, $1) })
    }
}

/// Whatever a contract returns, the decoder stays inside it, never makes more text than there is data, and reads back what
/// it writes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzABIDecoder(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    if let text = try? ABI.decodeString(bytes) {
        precondition(text.utf8.count <= bytes.count * 3, "An octet becomes at most one U+FFFD.")
        precondition(!text.utf8.contains(0), "NUL is dropped.")
        let again = try? ABI.decodeString(ABI.encodeString(text))
        precondition(again == text, "What was encoded is decoded.")
    }
    if let value = ABI.decodeInteger(bytes) {
        precondition(value.bigEndianBytes == Array(bytes.prefix(32)), "An integer is its first word.")
    }
    _ = ABI.decodeBoolean(bytes)
    precondition(RevertReason(data: bytes).description.unicodeScalars.count < 400, "A reason is bounded.")
    for count in 0..<4 {
        if let outcomes = try? Multicall.outcomes(of: bytes, count: count) {
            precondition(outcomes.count == count, "Each call has an outcome.")
        }
    }
    _ = RPCResponse.outcome(of: bytes, identifier: 1)
    return 0
}
