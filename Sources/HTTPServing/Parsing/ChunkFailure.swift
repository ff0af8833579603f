/// Why a chunked body is refused.
public enum ChunkFailure: String, Error, Sendable, CaseIterable {
    case sizeInvalid = "chunk-size-invalid"
    case extensionInvalid = "chunk-extension-invalid"
    case extensionTooLong = "chunk-extension-too-long"
    case lineEndInvalid = "chunk-line-end-invalid"
    case trailerInvalid = "chunk-trailer-invalid"
    case trailersTooLarge = "chunk-trailers-too-large"
}
