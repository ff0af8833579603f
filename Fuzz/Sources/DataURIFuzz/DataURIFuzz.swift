import CDriver
import Glibc

@testable import Tokens

@main
enum DataURIFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzzDataURI($0, $1) })
    }
}

/// Whatever follows `data:`, decoding it makes no more than there was, and encoding the content leads back to it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDataURI(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let (mediaType, content) = DataURI.decode(bytes[...]) else { return 0 }
    precondition(content.count <= bytes.count, "Decoding adds nothing.")
    precondition(mediaType.contains("/"), "There is a type.")
    let uri = Array("data:".utf8) + bytes
    if DataURI.isRead(uri, byBrowsersAs: mediaType, content) {
        precondition(uri.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }, "A browser reads a plain URL.")
    }
    // The written form that the view gives to browsers.
    let written = Array("data:application/octet-stream;base64,".utf8) + Base64.encode(content)
    guard let again = DataURI.decode(written.dropFirst(5)) else { preconditionFailure("It is a data URI.") }
    precondition(again.bytes == content, "Base 64 leads back.")
    precondition(DataURI.isRead(written, byBrowsersAs: "application/octet-stream", content), "Browsers read it.")
    return 0
}
