import CDriver
import EventLoops
import Glibc

@testable import HTTPServing

@main
enum RequestParserFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzRequestParser($0, $1) })
    }
}

/// Starts of heads, so that the search begins at every depth of the grammar.
private let prefixes = ["", "GET ", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: a\r\n"].map { Array($0.utf8) }

/// Whatever the octets are, the parser stays inside them, comes to the same outcome wherever they are cut, and lets
/// nothing through that could be read in two ways. The first octet says where to cut, the second what comes before.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestParser(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 2 else { return 0 }
    let prefix = prefixes[Int(data[1]) % prefixes.count]
    let count = prefix.count + size - 2
    let cut = Int(data[0]) * count / 256
    // Exactly as large as the input, so that AddressSanitizer sees every octet read past its end.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: prefix)
    UnsafeMutableRawBufferPointer(rebasing: copy[prefix.count...])
        .copyMemory(from: UnsafeRawBufferPointer(start: data + 2, count: size - 2))
    let bytes = UnsafeRawBufferPointer(copy)

    var parser = RequestParser(limits: MessageLimits(requestLineBytes: 256, headerBytes: 1024, headerCount: 16))
    var progress = ParseProgress()
    let whole = parser.parse(bytes, resuming: &progress)
    if case .complete(let length) = whole {
        check(&parser, UnsafeRawBufferPointer(rebasing: bytes[..<length]))
    }
    var resumed = ParseProgress()
    var inPieces = parser.parse(UnsafeRawBufferPointer(rebasing: bytes[..<cut]), resuming: &resumed)
    if inPieces == .incomplete { inPieces = parser.parse(bytes, resuming: &resumed) }
    precondition(inPieces == whole, "Cut at \(cut) it is \(inPieces), in one piece \(whole).")
    return 0
}

private func check(_ parser: inout RequestParser, _ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.suffix(4).elementsEqual("\r\n\r\n".utf8), "A head ends with an empty line.")
    guard let address = SocketAddress(bytes: [127, 0, 0, 1], port: 1) else { return }
    let peer = Peer(address)
    parser.withHead(bytes, from: .passUnretained(peer)) { head in
        var lengths = 0
        var codings = 0
        head.forEachField { name, value in
            precondition(!name.isEmpty && name.allSatisfy(ASCII.isToken), "A name is a token.")
            precondition(value.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }, "A value has no controls.")
            if ASCII.equalIgnoringCase(name, "content-length") { lengths += 1 }
            if ASCII.equalIgnoringCase(name, "transfer-encoding") { codings += 1 }
        }
        precondition(lengths + codings <= 1, "One field decides about framing.")
        precondition(head.framing == .none || lengths + codings == 1, "A body is announced.")
        precondition(head.minorVersion == 0 || head.authority != nil, "HTTP/1.1 names a host.")
        let copy = head.detached()
        precondition(copy.fields.count == head.fieldCount, "A copy has the same fields.")
        precondition(copy.path.utf8.count >= 1, "A path is never empty.")
    }
}
