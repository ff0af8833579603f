import CDriver
import Glibc

@testable import HTTPServing

@main
enum ChunkedDecoderFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzChunkedDecoder($0, $1) })
    }
}

/// Whatever the octets are, the decoder stays inside them and comes to the same content wherever they are cut. The
/// first octet says where.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunkedDecoder(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 1 else { return 0 }
    let cut = Int(data[0]) * (size - 1) / 256
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size - 1, alignment: 1)
    defer { copy.deallocate() }
    copy.copyMemory(from: UnsafeRawBufferPointer(start: data + 1, count: size - 1))
    let bytes = UnsafeRawBufferPointer(copy)
    let whole = decode([bytes])
    let inPieces = decode([
        UnsafeRawBufferPointer(rebasing: bytes[..<cut]), UnsafeRawBufferPointer(rebasing: bytes[cut...]),
    ])
    precondition(whole == inPieces, "Cut at \(cut) it is \(inPieces), in one piece \(whole).")
    return 0
}

private struct Decoded: Equatable {
    var content: [UInt8] = []
    /// Octets of the whole body on the wire, once it is over.
    var length: Int?
    var failure: ChunkFailure?
}

private func decode(_ pieces: [UnsafeRawBufferPointer]) -> Decoded {
    var decoder = ChunkedDecoder()
    var result = Decoded()
    var before = 0
    for piece in pieces {
        var offset = 0
        do throws(ChunkFailure) {
            while let range = try next(&decoder, piece, &offset, &result, before) {
                result.content.append(contentsOf: piece[range])
            }
        } catch {
            result.failure = error
        }
        if result.length != nil || result.failure != nil { return result }
        before += piece.count
    }
    return result
}

private func next(
    _ decoder: inout ChunkedDecoder, _ piece: UnsafeRawBufferPointer, _ offset: inout Int, _ result: inout Decoded,
    _ before: Int
) throws(ChunkFailure) -> Range<Int>? {
    switch try decoder.next(piece, from: &offset) {
    case .needsMore: return nil
    case .content(let range): return range
    case .finished:
        result.length = before + offset
        return nil
    }
}
